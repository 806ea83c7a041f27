package needs

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// Address is one of 127.0.0.1 at which nobody listens now. Its port is below
// those that the kernel hands out itself (32768 and up) and those of networks:
// while a test has its server down, no connection of others gets the port.
func Address(t testing.TB) string {
	t.Helper()
	const first, ports = 10000, 7000
	for range 100 {
		a := net.JoinHostPort("127.0.0.1", strconv.Itoa(first+rand.IntN(ports)))
		if l, err := net.Listen("tcp", a); err == nil {
			_ = l.Close()
			return a
		}
	}
	t.Fatal("found no free port")
	return ""
}
