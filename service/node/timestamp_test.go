package node_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/node"
	"github.com/datapledge/datapledge/service/timestamp/local"
)

func TestTimeStampsConfig(t *testing.T) {
	roots := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(roots, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*node.TimeStamps){
		"time_stamps.every":      func(s *node.TimeStamps) { s.Every = 0 },
		"time_stamps.roots_file": func(s *node.TimeStamps) { s.RootsFile = "" },
		"no such file":           func(s *node.TimeStamps) { s.RootsFile += ".gone" },
		"certificates in PEM":    func(*node.TimeStamps) {},
	} {
		c := config(t)
		c.TimeStamps = node.TimeStamps{URL: "http://127.0.0.1:1", RootsFile: roots, Every: node.Duration(time.Second)}
		change(&c.TimeStamps)
		if _, err := node.Open(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want word of %q", err, want)
		}
	}
}

// An authority that is away keeps no node from starting and being ready. When
// it is back, what waited is stamped.
func TestNodeWithAuthority(t *testing.T) {
	a, err := local.New(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	var there atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !there.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		a.ServeHTTP(w, r)
	}))
	defer s.Close()
	c := config(t)
	c.TimeStamps = node.TimeStamps{URL: s.URL, RootsFile: filepath.Join(t.TempDir(), "roots.pem"), Every: node.Duration(100 * time.Millisecond)}
	if err := os.WriteFile(c.TimeStamps.RootsFile, a.RootPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	n := open(t, c, io.Discard)
	defer closed(t, n)
	awaitMetric(t, n, "datapledge_timestamp_lag_blocks 1")
	for strings.Contains(get(t, n, "/metrics"), "datapledge_timestamp_failures_total 0") {
		time.Sleep(time.Millisecond)
	}
	if got := get(t, n, "/readyz"); strings.Contains(got, "cause") {
		t.Errorf("not ready without the authority: %s", got)
	}
	there.Store(true)
	awaitMetric(t, n, "datapledge_timestamp_stamped_blocks 1")
}

func awaitMetric(t *testing.T, n *node.Node, line string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !strings.Contains(get(t, n, "/metrics"), "\n"+line+"\n"); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within a minute", line)
		}
	}
}

func get(t *testing.T, n *node.Node, path string) string {
	t.Helper()
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		t.Errorf("%s: %d: %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}
