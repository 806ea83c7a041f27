package fabric

import (
	"sync"
	"testing"
)

// TestCloseAmongCalls: who asks while the wire is closed is answered, and
// Close does not wait for who comes too late. The race detector looks on.
func TestCloseAmongCalls(t *testing.T) {
	p := newPKI(t)
	for range 20 {
		w := p.to(p.listen(took).addr)
		var all sync.WaitGroup
		begin := make(chan struct{})
		for range 4 {
			all.Go(func() {
				<-begin
				for range 50 {
					_ = w.reach(t.Context())
					w.refreshView()
				}
			})
		}
		all.Go(func() { <-begin; w.Close() })
		close(begin)
		all.Wait()
	}
}
