//go:build race

package seededbugs_test

// racing: the programs with bugs are built without the race detector, and
// beside other packages' tests they would only slow those down.
const racing = true
