// The binding's io unit calls highgui's window functions. A lane has a browser for a display, and highgui would
// load Qt into the daemon, so here they refuse. Called on the JavaScript thread only; a C++ exception would not
// be caught there.
#include <nan.h>
#include <opencv2/highgui.hpp>

static void refuse(const char* what) {
  Nan::ThrowError((std::string(what) + ": this build of OpenCV has no windows").c_str());
}

namespace cv {
void imshow(const String&, InputArray) { refuse("imshow"); }
int waitKey(int) { refuse("waitKey"); return -1; }
int waitKeyEx(int) { refuse("waitKeyEx"); return -1; }
void destroyWindow(const String&) { refuse("destroyWindow"); }
void destroyAllWindows() { refuse("destroyAllWindows"); }
} // namespace cv
