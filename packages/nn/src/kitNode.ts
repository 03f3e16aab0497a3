// The names for packages that keep model files of other programs in a file system.
export { codeOf, openRegular, replaceFile } from "./saving/replaceFile.ts";
