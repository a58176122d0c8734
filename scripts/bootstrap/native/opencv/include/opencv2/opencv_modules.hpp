// Stands before the system's file of this name: the modules that the addon is built from. Everything else that
// the system's OpenCV has (60 libraries, some of which pull in Qt and VTK) is neither compiled nor loaded.
#define HAVE_OPENCV_CORE
#define HAVE_OPENCV_IMGCODECS
#define HAVE_OPENCV_IMGPROC
#define HAVE_OPENCV_VIDEOIO
// The binding asks for highgui before it compiles capture and files; it needs only the five functions of
// no_windows.cc from there.
#define HAVE_IO
