package imprint_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/imprint"
)

// answer is what the court gives for a block.
func (h *handedOut) answer(block uint64) []byte {
	h.t.Helper()
	w := httptest.NewRecorder()
	h.served.ServeHTTP(w, httptest.NewRequest(http.MethodGet, fmt.Sprintf("%s?channel=%s&block=%d", imprint.PathCheckpoints, channel, block), nil))
	if w.Code != http.StatusOK {
		h.t.Fatal(w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// TestPaddedAnswer: what is kept is no larger than what was asked for.
func TestPaddedAnswer(t *testing.T) {
	h, dir := newHandedOut(t), t.TempDir()
	s, genuine := h.source(dir), h.answer(0)
	padded := bytes.Replace(genuine, []byte(`{`), append([]byte(`{`), bytes.Repeat([]byte(" \n"), 1<<20)...), 1)
	give := func(w http.ResponseWriter) { _, _ = w.Write(padded) }
	h.wrong.Store(&give)
	if len(h.parts(s, 0)) != 3 {
		t.Fatal("the files of a padded answer are good")
	}
	kept, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%020d.json", 0)))
	if err != nil || !bytes.Equal(kept, genuine) {
		t.Errorf("%d bytes are kept of an answer of %d, %v", len(kept), len(genuine), err)
	}
}

// TestLargeAnswer is more than any checkpoint needs: it is no answer.
func TestLargeAnswer(t *testing.T) {
	h := newHandedOut(t)
	s, genuine := h.source(t.TempDir()), h.answer(0)
	give := func(w http.ResponseWriter) { _, _ = w.Write(append(genuine, bytes.Repeat([]byte(" "), 17<<20)...)) }
	h.wrong.Store(&give)
	if files := h.parts(s, 0); len(files) != 0 {
		t.Error("it is taken")
	}
}

// TestTardySource: whatever the answer, the next block does not wait as well.
func TestTardySource(t *testing.T) {
	h := newHandedOut(t)
	genuine := h.answer(0)
	for want, give := range map[int]func(http.ResponseWriter){
		0: func(w http.ResponseWriter) { http.Error(w, "not yet", http.StatusNotFound) },
		3: func(w http.ResponseWriter) { _, _ = w.Write(genuine) },
	} {
		s, before := h.source(t.TempDir()), h.asked.Load()
		late := func(w http.ResponseWriter) {
			h.passes(4 * time.Second)
			give(w)
		}
		h.wrong.Store(&late)
		if got := len(h.parts(s, 0)); got != want || len(h.parts(s, 1)) != 0 || h.asked.Load() != before+1 {
			t.Errorf("%d files, asked %d times", got, h.asked.Load()-before)
		}
		h.wrong.Store(nil)
		h.passes(time.Minute)
		if len(h.parts(s, 1)) != 3 {
			t.Error("not asked again")
		}
	}
}
