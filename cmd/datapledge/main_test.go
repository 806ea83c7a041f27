package main

import (
	"os"
	"testing"
)

// runMain makes the test binary act as the program itself.
const runMain = "DATAPLEDGE_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		moveClock()
		main()
		return
	}
	os.Exit(m.Run())
}
