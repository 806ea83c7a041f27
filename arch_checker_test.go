package datapledge_test

import (
	"os"
	"strings"
	"testing"
)

// checkerMayLink is all that the checker of browsers may be made of. More of
// ours, or a network or protobuf library, would be sent to every visitor, and
// would have to be read by whoever wants to know what the checker does.
var checkerMayLink = []string{"cmd/datapledge-checker", "service/evidence", "service/acts", "service/anchor", "service/printable", "pledge",
	"github.com/go-jose/go-jose/v4", "google.golang.org/protobuf/encoding/protowire",
	"github.com/transparency-dev/merkle", "github.com/emmansun/gmsm"}

func TestTheCheckerOfBrowsersStaysSmall(t *testing.T) {
	links := map[string][]string{}
	for _, s := range sources(t) {
		if !s.test && builtForBrowsers(t, s.path) {
			links[s.dir] = append(links[s.dir], s.imports...)
		}
	}
	seen := closure(links, "cmd/datapledge-checker")
	if len(seen) < 10 {
		t.Fatalf("the checker imports only %v", seen)
	}
	for _, imp := range seen {
		ours, isOurs := strings.CutPrefix(imp, module)
		third := strings.Contains(strings.SplitN(imp, "/", 2)[0], ".")
		if (third || isOurs) && !linkable(ours) {
			t.Errorf("%s would be sent to browsers; files that need it begin with //go:build !js", imp)
		}
	}
}

func linkable(imp string) bool {
	for _, may := range checkerMayLink {
		if hasPath(imp, may) {
			return true
		}
	}
	return false
}

func builtForBrowsers(t *testing.T, path string) bool {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return !strings.HasPrefix(string(text), "//go:build !js\n")
}
