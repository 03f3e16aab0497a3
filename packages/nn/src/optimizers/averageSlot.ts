// Under which name an optimizer keeps the average of the weights among its arrays: a file of its own, which a page that predicts loads alone.
export const averageSlot = "average";
