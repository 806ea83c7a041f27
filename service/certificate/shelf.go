package certificate

import (
	"crypto/sha256"
	"encoding/json"
	"sync"

	"github.com/datapledge/datapledge/service"
)

// shelfSize is how many printed certificates are kept, some 100 kB each.
const shelfSize = 32

// shelf keeps what was printed last: the same page downloaded twice is then
// the same file, and costs neither a signature nor a time stamp.
type shelf struct {
	mu    sync.Mutex
	files map[[32]byte]kept
	order [][32]byte
}

// kept is a signed file. It is final once its time stamp is in it, or when
// none is asked for.
type kept struct {
	file  []byte
	final bool
}

func (s *shelf) get(key [32]byte) (kept, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[key]
	return f, ok
}

func (s *shelf) put(key [32]byte, f kept) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = map[[32]byte]kept{}
	}
	old, ok := s.files[key]
	if old.final && !f.final { // printed at the same time
		return
	}
	if !ok {
		s.order = append(s.order, key)
	}
	s.files[key] = f
	if len(s.order) > shelfSize {
		delete(s.files, s.order[0])
		s.order = s.order[1:]
	}
}

// shelfKey covers all that is on the pages, and who signs. When it was asked
// and the signed report are not on them, and differ each time.
func shelfKey(c service.Certificate, lang string, who *signer) [32]byte {
	c.Report, c.At = "", ""
	data, _ := json.Marshal(struct { // strings and numbers only: cannot fail
		Certificate service.Certificate
		Lang        string
		Signer      []byte
	}{c, lang, who.chain[0].Raw})
	return sha256.Sum256(data)
}
