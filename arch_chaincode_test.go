package datapledge_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// Two members endorse a transaction only if their chaincodes come to the same
// bytes. So of all that Invoke reaches, which is the packages chaincode and
// pledge whole, nothing may depend on a clock, on chance, on the order of a
// map, on the machine, or on what two peers may know differently.

// endorsedImports are all the packages that code under endorsement may use.
// Their map orders and clocks do not come into a result: fmt and
// encoding/json print maps sorted, and what a log says is in no answer.
var endorsedImports = []string{
	"bytes", "cmp", "crypto/ecdsa", "crypto/ed25519", "crypto/elliptic", "crypto/sha256", "encoding/base32", "encoding/base64",
	"encoding/hex", "encoding/json", "errors", "fmt", "log/slog", "math/big", "math/bits", "reflect", "runtime/debug", "slices", "sort",
	"strconv", "strings", "sync/atomic", "time", "unicode", "unicode/utf16", "unicode/utf8",
	"github.com/go-jose/go-jose/v4", "github.com/hyperledger/fabric-chaincode-go/v2/shim", "github.com/hyperledger/fabric-protos-go-apiv2/peer",
	"google.golang.org/protobuf/types/known/timestamppb", module + "pledge",
}

// unsure are the functions and methods of those packages that do depend on
// the machine, or give a map's order.
var unsure = map[string][]string{
	"time":          {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Local", "Unix", "UnixMilli", "UnixMicro", "LoadLocation", "Time.Local"},
	"reflect":       {"Value.MapKeys", "Value.MapRange", "Value.Seq", "Value.Seq2"},
	"runtime/debug": {"BuildInfo", "FreeOSMemory", "PrintStack", "ReadBuildInfo", "ReadGCStats", "SetGCPercent", "SetMaxStack", "SetMemoryLimit", "WriteHeapDump"},
}

// ofTheStub are methods of Fabric's stub that no rule may rest on, by whatever
// interface they are called: range and rich queries can see phantoms, the
// history is a peer's own, private data and transient data are not with every
// endorser, and another chaincode is not under our rules.
var ofTheStub = regexp.MustCompile(`^(GetQueryResult|GetHistoryForKey|InvokeChaincode|GetTransient|GetDecorations|GetCreator|GetBinding|GetSignedProposal|SetEvent|DelState)$|PrivateData|WithPagination|State(ByRange|ByPartial)|ValidationParameter`)

// excused are the functions that may do what nobody else may, and why.
var excused = map[string]string{
	"chaincode.systemClock": "time.Now",          // refuses a transaction, decides nothing
	"pledge.ordered":        "ranges over a map", // and sorts by a total order at once
}

// endorsed is the check of one package.
type endorsed struct {
	pkg   *packages.Package
	in    string // the function that is being looked at
	found func(pos token.Pos, what string)
}

func (e *endorsed) check() {
	for _, f := range e.pkg.Syntax {
		for _, i := range f.Imports {
			if name, _ := strconv.Unquote(i.Path.Value); !slices.Contains(endorsedImports, name) {
				e.found(i.Pos(), "imports "+name)
			}
		}
		for _, d := range f.Decls {
			e.in = ""
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				e.in = e.pkg.Name + "." + fn.Name.Name
			}
			ast.Inspect(d, e.node)
		}
	}
}

func (e *endorsed) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GoStmt:
		e.found(n.Pos(), "a goroutine")
	case *ast.SelectStmt:
		e.found(n.Pos(), "select")
	case *ast.SendStmt:
		e.found(n.Pos(), "a channel")
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			e.found(n.Pos(), "a channel")
		}
	case *ast.RangeStmt:
		e.ranged(n)
	case *ast.Ident:
		e.name(n)
	}
	if x, ok := n.(ast.Expr); ok && isFloat(e.pkg.TypesInfo.TypeOf(x)) {
		e.found(n.Pos(), "a float")
	}
	return true
}

func (e *endorsed) ranged(n *ast.RangeStmt) {
	t := e.pkg.TypesInfo.TypeOf(n.X)
	if p, ok := t.(*types.TypeParam); ok {
		t = coreOf(p)
	}
	switch t.Underlying().(type) {
	case *types.Map:
		e.found(n.Pos(), "ranges over a map")
	case *types.Chan:
		e.found(n.Pos(), "a channel")
	}
}

// coreOf is the one type behind a constraint such as ~map[K]V.
func coreOf(p *types.TypeParam) types.Type {
	if i, ok := p.Constraint().Underlying().(*types.Interface); ok && i.NumEmbeddeds() == 1 {
		if u, ok := i.EmbeddedType(0).(*types.Union); ok && u.Len() == 1 {
			return u.Term(0).Type()
		}
	}
	return p
}

// name looks at what an identifier stands for, whatever it is called here.
func (e *endorsed) name(id *ast.Ident) {
	o := e.pkg.TypesInfo.Uses[id]
	if o == nil {
		o = e.pkg.TypesInfo.Defs[id]
	}
	if o == nil || o.Pkg() == nil {
		return
	}
	name, method := o.Name(), false
	if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil {
		method = true
		name = types.TypeString(f.Signature().Recv().Type(), func(*types.Package) string { return "" }) + "." + name
	}
	if slices.Contains(unsure[o.Pkg().Path()], name) {
		e.found(id.Pos(), o.Pkg().Name()+"."+name)
	}
	if method && ofTheStub.MatchString(o.Name()) {
		e.found(id.Pos(), o.Name())
	}
}

func isFloat(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsFloat|types.IsComplex) != 0
}

// load type-checks packages from their sources, which it opens itself.
func load(t *testing.T, dirs ...string) []*packages.Package {
	t.Helper()
	patterns := make([]string, len(dirs))
	for i, d := range dirs {
		patterns[i] = "./" + d
	}
	pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports}, patterns...)
	if err != nil || len(pkgs) != len(dirs) {
		t.Fatalf("loading %v: %d packages, %v", dirs, len(pkgs), err)
	}
	for _, p := range pkgs {
		if len(p.Errors) > 0 || len(p.Syntax) != sourceFiles(t, filepath.Dir(p.GoFiles[0])) {
			t.Fatalf("%s: %d files, %v", p.PkgPath, len(p.Syntax), p.Errors)
		}
	}
	return pkgs
}

// sourceFiles lists the folder, so that the test cache notices a new file.
func sourceFiles(t *testing.T, dir string) int {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return len(slices.DeleteFunc(names, func(n string) bool { return strings.HasSuffix(n, "_test.go") }))
}

func TestEndorsedCodeIsDeterministic(t *testing.T) {
	used := map[string]bool{}
	for _, p := range load(t, "chaincode", "pledge") {
		e := endorsed{pkg: p}
		e.found = func(pos token.Pos, what string) {
			if excused[e.in] == what {
				used[e.in] = true
				return
			}
			t.Errorf("%s: %s can make two endorsers disagree", p.Fset.Position(pos), what)
		}
		e.check()
	}
	for name, what := range excused {
		if !used[name] {
			t.Errorf("%s is excused for %q and does not do it", name, what)
		}
	}
}

var wants = regexp.MustCompile(`// want "([^"]+)"`)

// TestViolationsAreSeen: each rule finds what was planted for it, on its line,
// and nothing else.
func TestViolationsAreSeen(t *testing.T) {
	dirs, err := filepath.Glob("chaincode/testdata/violations/*")
	if err != nil || len(dirs) != 6 {
		t.Fatalf("%d folders, %v", len(dirs), err)
	}
	for _, p := range load(t, dirs...) {
		found := map[string]bool{}
		e := endorsed{pkg: p, found: func(pos token.Pos, what string) { found[fmt.Sprintf("%d %s", p.Fset.Position(pos).Line, what)] = true }}
		e.check()
		planted := plantedIn(t, p.GoFiles[0])
		for _, w := range planted {
			if !found[w] {
				t.Errorf("%s: %q was planted and not found", p.PkgPath, w)
			}
			delete(found, w)
		}
		for f := range found {
			t.Errorf("%s: %q was found and not planted", p.PkgPath, f)
		}
	}
}

func plantedIn(t *testing.T, path string) []string {
	t.Helper()
	var all []string
	for i, line := range strings.Split(read(t, path), "\n") {
		if m := wants.FindStringSubmatch(line); m != nil {
			all = append(all, fmt.Sprintf("%d %s", i+1, m[1]))
		}
	}
	if len(all) < 2 {
		t.Fatalf("%s plants %d violations", path, len(all))
	}
	return all
}
