// Package manifests checks the rendered manifests of the consortium against
// the schemas of those who will read them: Docker Compose's loader and the
// types of Kubernetes' API. It is a module of its own, as both bring more
// dependencies than all of datapledge has.
package manifests

import (
	"os"
	"path/filepath"
	"testing"
)

const golden = "../../testdata/golden/manifests"

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(golden, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
