// Under which name an optimizer keeps the average of the weights among its arrays, as no rule names one of its own. A file of its own, which a page that predicts loads alone.
export const averageSlot = "weightAverage";
