package imprint_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/imprint"
)

// stuck is a client that asked and takes nothing of the answer.
type stuck struct {
	*httptest.ResponseRecorder
	writing chan<- struct{}
	end     <-chan struct{}
	until   time.Time
}

func (s *stuck) SetWriteDeadline(t time.Time) error {
	s.until = t
	return nil
}

func (s *stuck) Write(p []byte) (int, error) {
	s.writing <- struct{}{}
	<-s.end
	return len(p), nil
}

// TestServedBesideStuckClients: who takes no answer keeps it from nobody else,
// and has only so long.
func TestServedBesideStuckClients(t *testing.T) {
	const many = 20
	h, writing, end, ended := newHandedOut(t), make(chan struct{}), make(chan struct{}), make(chan *stuck)
	ask := httptest.NewRequest(http.MethodGet, imprint.PathCheckpoints+"?block=0&channel="+channel, nil)
	before := time.Now()
	for range many {
		go func() {
			s := &stuck{ResponseRecorder: httptest.NewRecorder(), writing: writing, end: end}
			h.served.ServeHTTP(s, ask.Clone(t.Context()))
			ended <- s
		}()
	}
	reached := 0
	for late := time.After(2 * time.Minute); reached < many; reached++ {
		select {
		case <-writing:
			continue
		case <-late:
		}
		break
	}
	if w := httptest.NewRecorder(); reached < many {
		t.Errorf("%d of %d answers were begun", reached, many)
	} else if h.served.ServeHTTP(w, ask); w.Code != http.StatusOK {
		t.Errorf("beside them: %d", w.Code)
	}
	close(end)
	for range reached {
		if s := <-ended; s.until.Before(before) {
			t.Error("a client may take for ever")
		}
	}
}
