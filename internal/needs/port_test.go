package needs_test

import (
	"net"
	"strconv"
	"testing"

	"github.com/datapledge/datapledge/internal/needs"
)

// TestAddress: what is named is free, and no connection is given it.
func TestAddress(t *testing.T) {
	for range 20 {
		a := needs.Address(t)
		l, err := net.Listen("tcp", a)
		if err != nil {
			t.Fatal(err)
		}
		_, text, _ := net.SplitHostPort(a)
		if port, err := strconv.Atoi(text); err != nil || port < 1024 || port >= 17000 {
			t.Errorf("%s: it may be another's, %v", a, err)
		}
		if other := needs.Address(t); other == a {
			t.Errorf("%s is named while somebody listens there", a)
		}
		l.Close()
	}
}
