package acts_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/acts"
)

// known are the acts of the rules, from the place where they are declared.
func known(t *testing.T) (list []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../pledge/acts.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			if kind, ok := v.Type.(*ast.Ident); ok && kind.Name == "Act" {
				act, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, act)
			}
		}
		return true
	})
	if len(list) < 18 {
		t.Fatalf("the rules know only %v", list)
	}
	return list
}

func TestEveryActHasANameOfItsOwn(t *testing.T) {
	said := map[string]string{}
	for _, act := range known(t) {
		zh, en := acts.Name(act)
		if !strings.ContainsFunc(zh, han) || en == "" || en == act || strings.ContainsFunc(en, han) {
			t.Errorf("%s is called %q, %q", act, zh, en)
		}
		for _, name := range []string{zh, en} {
			if other, ok := said[name]; ok {
				t.Errorf("%s and %s are both called %q", act, other, name)
			}
			said[name] = act
		}
	}
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

func TestAnUnknownActIsSaidAsItIs(t *testing.T) {
	if zh, en := acts.Name("pledge.dance"); zh != "pledge.dance" || en != zh {
		t.Errorf("got %q, %q", zh, en)
	}
}

// The scan looks for copies of the content, not for pledges that are there before.
func TestAScanIsNoSearchForLiens(t *testing.T) {
	if zh, en := acts.Name(string(pledge.PledgeScan)); !strings.Contains(en, "duplicate") || !strings.Contains(zh, "重复内容") {
		t.Errorf("got %q, %q", zh, en)
	}
}
