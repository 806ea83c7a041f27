package service_test

import (
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// paths says what may stand in a manifest. What can be stored and not be
// notarized, or the other way round, is of no use to anybody.
var paths = map[string]bool{
	"a": true, "a/b.csv": true, "数据/一.csv": true, "a b": true, " a": true, "..a": true, "a..": true, ".hidden": true, "--": true,
	"a\u3000b": true, "é": true, strings.Repeat("a", 1024): true,
	"": false, "/a": false, "a/": false, "a//b": false, "./a": false, "a/..": false, `a\b`: false, "-": false, "a\xffb": false,
	"a\nb": false, "a\x00b": false, "a\x7fb": false, "a\u0085b": false, // Cc
	"a\u00adb": false, "a\u200bb": false, "a\u200eb": false, "a\u202eb": false, "a\u2066b": false, "\ufeffa": false, "a\U000e0041": false, // Cf
	"a\u2028b": false, "a\u2029b": false, // Zl, Zp
	strings.Repeat("a", 1025): false,
}

func TestOneRuleForPaths(t *testing.T) {
	for path, want := range paths {
		if err := storage.CheckPath(path); (err == nil) != want {
			t.Errorf("storage, %.40q: %v", path, err)
		}
		if err := pledge.CheckPath(path); (err == nil) != want {
			t.Errorf("rules, %.40q: %v", path, err)
		}
	}
}
