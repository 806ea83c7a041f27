package printable_test

import (
	"testing"

	"github.com/datapledge/datapledge/service/printable"
)

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"列 a\u3000b": "列 a\u3000b", "a\x1b[31mb": "a?[31mb", "a\r\nb": "a??b", "a\u202eb": "a?b", "a\u2066b": "a?b", "a\u200fb": "a?b", "a\u200bb": "a?b", "a\u0085b": "a?b", "a\u2028b": "a?b", "\ue000": "?",
	} {
		if got := printable.Text(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
