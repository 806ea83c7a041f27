package lifeline

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var verb = regexp.MustCompile(`%[a-z%]`)

// TestBothLanguagesSayTheSame: each word stands in both languages, with the
// same verbs in the same order, because the arguments are the same.
func TestBothLanguagesSayTheSame(t *testing.T) {
	for key, w := range words {
		if w.zh == "" || w.en == "" {
			t.Errorf("%s is not said in both languages", key)
		}
		if zh, en := verb.FindAllString(w.zh, -1), verb.FindAllString(w.en, -1); !slices.Equal(zh, en) {
			t.Errorf("%s: %v in Chinese, %v in English", key, zh, en)
		}
	}
	parts := len(parties) + len(timeline) + len(nextSteps) + len(headings) + len(assetWords) + len(fields) + len(codes)
	if parts != len(words) {
		t.Errorf("%d words of %d: some key stands twice", len(words), parts)
	}
}

// called calls fn with each literal that say is called with, and the number
// of its further arguments; joined takes keys without.
func called(t *testing.T, fn func(key string, args int)) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && len(c.Args) > 0 && isSay(c.Fun) {
				if lit, ok := c.Args[0].(*ast.BasicLit); ok {
					key, _ := strconv.Unquote(lit.Value)
					fn(key, len(c.Args)-1)
				}
			}
			return true
		})
	}
}

func isSay(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "say"
}

func TestEveryKeyThatIsSaidHasWords(t *testing.T) {
	n := 0
	called(t, func(key string, args int) {
		n++
		w, ok := words[key]
		if verbs := len(verb.FindAllString(w.en, -1)); !ok || verbs != args {
			t.Errorf("%q: in the catalogue %t, with %d verbs for %d arguments", key, ok, verbs, args)
		}
	})
	if n < 80 {
		t.Errorf("only %d calls were found", n)
	}
}
