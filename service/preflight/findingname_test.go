package preflight_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/datapledge/datapledge/service/preflight"
	"github.com/datapledge/datapledge/service/preflight/sensitive"
)

// Every finding that there can be has a name in both languages.
func TestEveryFindingHasAName(t *testing.T) {
	codes := append(codesOf(t, "fix.go"), "cell_too_large", "too_many_columns", "broken_encoding", "truncated", "bomb", "malformed", "unsupported")
	for _, r := range sensitive.Rules() {
		codes = append(codes, r.ID)
	}
	for _, code := range codes {
		if n := preflight.FindingName(code); n.ZH == code || n.ZH == "" || n.EN == "" || n != preflight.FindingName("exclusion/"+code+"/0123456789ab") {
			t.Errorf("%s is called %+v", code, n)
		}
	}
	if n := preflight.FindingName("exclusion/new.rule/0123456789ab"); n.ZH != "new.rule" || n.EN != "new.rule" {
		t.Errorf("an unknown code is called %+v", n)
	}
}

// codesOf are the codes that a source makes findings with.
func codesOf(t *testing.T, file string) (codes []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 {
			return true
		}
		if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "fix" {
			return true
		}
		if literal, ok := call.Args[1].(*ast.BasicLit); ok {
			code, _ := strconv.Unquote(literal.Value)
			codes = append(codes, code)
		}
		return true
	})
	if len(codes) < 8 {
		t.Fatalf("only %v: that tests nothing", codes)
	}
	return codes
}
