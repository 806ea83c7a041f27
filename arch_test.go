// Package datapledge_test holds the rules of the house: who may import whom,
// and what the deterministic core may not call. It opens every source itself,
// so that the test cache notices each change.
package datapledge_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/datapledge/datapledge/"

// mayImport says, for each top-level folder, which others it may import.
var mayImport = map[string][]string{
	"pledge":    {},
	"internal":  {},
	"storage":   {"storage"},
	"chaincode": {"chaincode", "pledge"},
	"network":   {"network", "pledge"},
	"service":   {"service", "pledge", "storage"},
	"cmd":       {"cmd", "service", "chaincode", "network", "pledge", "storage"},
}

// testsMayImport is what tests need besides: a real network to run against.
var testsMayImport = map[string][]string{"service": {"network"}}

// forTests are packages that only tests may import, and packages that help
// tests, which all import "testing".
var forTests = []string{"internal/needs"}

// fences name the only folders that may import a module.
var fences = map[string][]string{
	"github.com/gin-gonic/gin":                      {"service/rest"},
	"github.com/minio/minio-go":                     {"storage/s3"},
	"github.com/hyperledger/fabric-sdk-go":          {"service/fabric"},
	"github.com/hyperledger/fabric-protos-go/":      {"service/fabric", "service/evidence"},
	"github.com/hyperledger/fabric-chaincode-go":    {"chaincode", "cmd/datapledge-chaincode"},
	"github.com/hyperledger/fabric-protos-go-apiv2": {"chaincode", "cmd/datapledge-chaincode"},
	"github.com/hyperledger/fabric-contract-api-go": {},
	"modernc.org/sqlite":                            {"service/index", "service/webhook"},
	"github.com/digitorus/timestamp":                {"service/timestamp", "service/certificate"},
	"github.com/digitorus/pkcs7":                    {"service/timestamp", "service/certificate"},
	"go.etcd.io/bbolt":                              {"service/solo", "service/fabric"},
	"github.com/remitly-oss/httpsig-go":             {"service/imprint", "service/webhook"},
	"github.com/chromedp":                           {"service/rest"},
	"github.com/signintech/gopdf":                   {"service/certificate"},
	"github.com/boombuler/barcode":                  {"service/certificate"},
	"github.com/emmansun/gmsm":                      {"storage", "service/evidence"},
	"github.com/xuri/excelize":                      {"service/preflight/table"},
	"github.com/parquet-go/parquet-go":              {"service/preflight/table"},
}

// pledgeMayImport is all that the rules may use of third parties.
var pledgeMayImport = []string{"github.com/go-jose/go-jose/v4"}

// notInPledge are packages and calls that could make two endorsers disagree.
var notInPledge = []string{
	"time.Now", "time.Since", "time.Until", "time.Local", "time.Sleep", "time.After", "time.NewTimer",
	"os", "net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "runtime", "unsafe", "io/ioutil",
	"os/exec", "log", "log/slog", "maps",
}

type source struct {
	path, dir string
	test      bool
	file      *ast.File
	imports   []string
}

func (s source) helpsTests() bool { return s.test || slices.Contains(s.imports, "testing") }

func TestImportDirection(t *testing.T) {
	for _, s := range sources(t) {
		top, _, _ := strings.Cut(s.dir, "/")
		allowed, known := mayImport[top]
		if !known && s.dir != "." {
			t.Errorf("%s: no rule for folder %s", s.path, top)
		}
		for _, imp := range s.imports {
			rest, ours := strings.CutPrefix(imp, module)
			if !ours || s.dir == "." {
				continue
			}
			to, _, _ := strings.Cut(rest, "/")
			inTest := s.test && slices.Contains(testsMayImport[top], to) || s.helpsTests() && slices.Contains(forTests, rest)
			if rest != s.dir && !slices.Contains(allowed, to) && !inTest {
				t.Errorf("%s: %s may not import %s", s.path, top, rest)
			}
		}
	}
}

// The root of service holds the interfaces; an adapter it imported would be
// one that every other adapter drags along.
func TestServiceRootImportsNoAdapter(t *testing.T) {
	for _, s := range sources(t) {
		for _, imp := range s.imports {
			if s.dir == "service" && !s.test && strings.HasPrefix(imp, module+"service/") {
				t.Errorf("%s imports the adapter %s", s.path, imp)
			}
		}
	}
}

func TestFences(t *testing.T) {
	for _, s := range sources(t) {
		for _, imp := range s.imports {
			for fenced, homes := range fences {
				if hasPath(imp, fenced) && !slices.ContainsFunc(homes, func(h string) bool { return hasPath(s.dir, h) }) {
					t.Errorf("%s: %s belongs only in %v", s.path, fenced, homes)
				}
			}
		}
	}
}

func TestPledgeIsPure(t *testing.T) {
	for _, s := range sources(t) {
		if s.dir != "pledge" || s.test {
			continue
		}
		for _, imp := range s.imports {
			third := strings.Contains(strings.SplitN(imp, "/", 2)[0], ".")
			if slices.Contains(notInPledge, imp) || third && !slices.Contains(pledgeMayImport, imp) {
				t.Errorf("%s imports %s", s.path, imp)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if bad := impure(n); bad != "" {
				t.Errorf("%s: %s can make two endorsers disagree", s.path, bad)
			}
			return true
		})
	}
}

// impure names what a node must not be in the rules. Ranging over a map
// needs types to see; the property tests run each command twice for it.
func impure(n ast.Node) string {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		if x, ok := n.X.(*ast.Ident); ok && slices.Contains(notInPledge, x.Name+"."+n.Sel.Name) {
			return x.Name + "." + n.Sel.Name
		}
	case *ast.Ident:
		if n.Name == "float64" || n.Name == "float32" {
			return n.Name
		}
	case *ast.GoStmt:
		return "a goroutine"
	case *ast.SelectStmt:
		return "select"
	}
	return ""
}

// Linking fabric-sdk-go's and the shim's protobuf families into one binary
// panics before main ("already registered"), test binaries included.
func TestNoPackageLinksBothProtobufFamilies(t *testing.T) {
	links := map[string][]string{}
	for _, s := range sources(t) {
		links[s.dir] = append(links[s.dir], s.imports...)
	}
	for dir := range links {
		all := closure(links, dir)
		sdk := slices.ContainsFunc(all, func(i string) bool {
			return hasPath(i, "github.com/hyperledger/fabric-sdk-go") || hasPath(i, "github.com/hyperledger/fabric-protos-go")
		})
		shim := slices.ContainsFunc(all, func(i string) bool {
			return hasPath(i, "github.com/hyperledger/fabric-chaincode-go/v2") || hasPath(i, "github.com/hyperledger/fabric-protos-go-apiv2")
		})
		if sdk && shim {
			t.Errorf("%s links both protobuf families", dir)
		}
	}
}

func closure(links map[string][]string, dir string) []string {
	seen, todo := map[string]bool{}, []string{dir}
	var all []string
	for len(todo) > 0 {
		d := todo[0]
		todo = todo[1:]
		if seen[d] {
			continue
		}
		seen[d] = true
		for _, imp := range links[d] {
			all = append(all, imp)
			if rest, ours := strings.CutPrefix(imp, module); ours {
				todo = append(todo, rest)
			}
		}
	}
	return all
}

func hasPath(p, prefix string) bool {
	prefix = strings.TrimSuffix(prefix, "/")
	return p == prefix || strings.HasPrefix(p, prefix+"/")
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "tools") {
			return fs.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(p, ".go") {
			all = append(all, parse(t, p))
		}
		return nil
	})
	if err != nil || len(all) < 10 {
		t.Fatalf("reading the sources: %d files, %v", len(all), err)
	}
	return all
}

func parse(t *testing.T, p string) source {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), p, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := source{path: p, dir: path.Dir(filepath.ToSlash(p)), test: strings.HasSuffix(p, "_test.go"), file: f}
	for _, i := range f.Imports {
		name, _ := strconv.Unquote(i.Path.Value)
		s.imports = append(s.imports, name)
	}
	return s
}
