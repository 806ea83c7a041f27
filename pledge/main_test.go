package pledge_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// TestMain holds the guards to their lists of codes: what they refuse with is
// listed, and what is listed was seen, when all tests have run.
func TestMain(m *testing.M) {
	code := m.Run()
	complaints := pledge.Unlisted()
	if code == 0 && all() {
		complaints = append(complaints, pledge.Unheard()...)
	}
	for _, c := range complaints {
		fmt.Println("guard:", c)
		code = 1
	}
	os.Exit(code)
}

// all says whether every test of the package ran.
func all() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return !testing.Short()
}
