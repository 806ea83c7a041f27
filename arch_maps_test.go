package datapledge_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// sorts names the functions that collect from a map and sort at once by a
// total order, which the tests of package pledge hold them to.
var sorts = map[string]bool{"ordered": true}

// A range over a map comes in another order on every endorser: the write
// sets differ and the transaction dies, or worse, they agree by luck.
func TestPledgeRangesOverNoMap(t *testing.T) {
	fset := token.NewFileSet()
	files := pledgeFiles(t, fset)
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil), Error: func(error) {}}
	if _, err := conf.Check(module+"pledge", fset, files, info); err != nil {
		t.Fatal(err)
	}
	ranges := 0
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if fn, ok := n.(*ast.FuncDecl); ok && sorts[fn.Name.Name] {
				return false
			}
			r, ok := n.(*ast.RangeStmt)
			if !ok {
				return true
			}
			ranges++
			if _, isMap := info.Types[r.X].Type.Underlying().(*types.Map); isMap {
				t.Errorf("%s: ranges over a map", fset.Position(r.Pos()))
			}
			return true
		})
	}
	if ranges == 0 {
		t.Error("no range statement seen: the check looks at nothing")
	}
}

func pledgeFiles(t *testing.T, fset *token.FileSet) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("pledge/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}
