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
	files map[[32]byte][]byte
	order [][32]byte
}

func (s *shelf) get(key [32]byte) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[key]
	return f, ok
}

func (s *shelf) put(key [32]byte, file []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = map[[32]byte][]byte{}
	}
	if _, ok := s.files[key]; !ok {
		s.order = append(s.order, key)
	}
	s.files[key] = file
	if len(s.order) > shelfSize {
		delete(s.files, s.order[0])
		s.order = s.order[1:]
	}
}

// shelfKey covers all that is on the pages, and who signs. The signed report
// is not on them, and differs each time.
func shelfKey(c service.Certificate, lang string, who *signer) [32]byte {
	c.Report = ""
	data, _ := json.Marshal(struct { // strings and numbers only: cannot fail
		Certificate service.Certificate
		Lang        string
		Signer      []byte
	}{c, lang, who.chain[0].Raw})
	return sha256.Sum256(data)
}
