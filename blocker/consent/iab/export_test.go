package iab

// SplitTCF reads a TC string without the rules on which strings may be used, for tests of the fields alone.
var SplitTCF = splitTCF
