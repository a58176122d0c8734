export { soldEvents, totalOfSale, transactionIdOf } from "./sold.js";
