package main

import (
	"fmt"
	"log/slog"
	"maps"
	"testing"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/datapledge/datapledge/chaincode"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// call is one transaction on a channel: the methods that the chaincode uses.
// Any other is the embedded nil, and panics.
type call struct {
	shim.ChaincodeStubInterface
	kv      map[string][]byte
	at      time.Time
	args    [][]byte
	pending []pledge.Write
	lone    []string // keys that were read on their own
}

func (c *call) GetArgs() [][]byte    { return c.args }
func (c *call) GetTxID() string      { return "tx" }
func (c *call) GetChannelID() string { return channel }

func (c *call) GetTxTimestamp() (*timestamppb.Timestamp, error) { return timestamppb.New(c.at), nil }

func (c *call) GetState(key string) ([]byte, error) {
	c.lone = append(c.lone, key)
	return c.kv[key], nil
}

func (c *call) GetMultipleStates(keys ...string) ([][]byte, error) {
	values := make([][]byte, len(keys))
	for i, k := range keys {
		values[i] = c.kv[k]
	}
	return values, nil
}

func (c *call) StartWriteBatch() {}

func (c *call) PutState(key string, value []byte) error {
	c.pending = append(c.pending, pledge.Write{Key: key, Value: value})
	return nil
}

func (c *call) FinishWriteBatch() error { return nil }

const channel = "pledge"

// ledger is a channel whose peer orders at once.
type ledger struct {
	cc   *chaincode.Chaincode
	kv   map[string][]byte
	at   time.Time
	cast *actors.Cast
}

func newLedger(tb testing.TB) *ledger {
	tb.Helper()
	at := time.Now().UTC()
	l := &ledger{kv: map[string][]byte{}, at: at, cast: actors.NewCast(channel)}
	l.cast.Now = func() time.Time { return at }
	var err error
	if l.cc, err = chaincode.New("test", l.cast.Genesis(), nil, slog.New(slog.DiscardHandler)); err != nil {
		tb.Fatal(err)
	}
	writes, err := l.cast.Genesis().Writes()
	if err != nil {
		tb.Fatal(err)
	}
	for _, w := range writes {
		l.kv[w.Key] = w.Value
	}
	l.apply(tb, l.cast.Enroll(l.cast.Enterprise), l.cast.Enroll(l.cast.Enterprise2), l.cast.Enroll(l.cast.Bank2))
	return l
}

// clone is the same channel, and what happens on one is not seen on the other.
func (l *ledger) clone() *ledger {
	c := *l
	c.kv = maps.Clone(l.kv)
	return &c
}

// invoke makes a transaction and applies what it wrote.
func (l *ledger) invoke(args ...string) (*peer.Response, []pledge.Write) {
	s := &call{kv: l.kv, at: l.at}
	for _, a := range args {
		s.args = append(s.args, []byte(a))
	}
	r := l.cc.Invoke(s)
	for _, w := range s.pending {
		l.kv[w.Key] = w.Value
	}
	return r, s.pending
}

// apply expects every command to be applied.
func (l *ledger) apply(tb testing.TB, commands ...string) {
	tb.Helper()
	r, writes := l.invoke(append([]string{"apply"}, commands...)...)
	if r.Status != 200 {
		tb.Fatal(r.Status, r.Message)
	}
	results, err := pledge.UnmarshalResults(r.Payload, writes)
	if err != nil {
		tb.Fatal(err)
	}
	for i, x := range results {
		if x.Outcome.Status != pledge.Applied {
			tb.Fatal(fmt.Sprint("command ", i), x.Outcome.Code, x.Outcome.Detail)
		}
	}
}
