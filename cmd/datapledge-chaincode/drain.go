package main

import (
	"sync"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
)

// drain counts the calls under way, and takes no more once it is to end: the
// client then asks another member.
type drain struct {
	shim.Chaincode
	mu    sync.Mutex
	ended bool
	calls sync.WaitGroup
}

// Invoke passes a call on, if it still may begin.
func (d *drain) Invoke(s shim.ChaincodeStubInterface) *peer.Response {
	d.mu.Lock()
	if d.ended {
		d.mu.Unlock()
		return shim.Error("the chaincode process is ending")
	}
	d.calls.Add(1)
	d.mu.Unlock()
	defer d.calls.Done()
	return d.Chaincode.Invoke(s)
}

// sending is how long the last answers get to leave after their calls.
const sending = 100 * time.Millisecond

// finish returns when no call is under way, or when it waited too long.
func (d *drain) finish(longest time.Duration) {
	d.mu.Lock()
	d.ended = true
	d.mu.Unlock()
	done := make(chan struct{})
	go func() {
		d.calls.Wait()
		time.Sleep(sending)
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(longest):
	}
}
