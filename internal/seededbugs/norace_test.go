//go:build !race

package seededbugs_test

const racing = false
