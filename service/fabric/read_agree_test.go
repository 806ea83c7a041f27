package fabric

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

var errDown = errors.New("the peer is down")

func down(string) ([]byte, error) { return nil, errDown }

// TestAgreed: two members must say what the copy says; one that cannot be
// reached is replaced, and one that says something else is named.
func TestAgreed(t *testing.T) {
	m, cast, _ := storied(t, 20)
	l := newLab(t, m)
	o := labOptions(t)
	var log bytes.Buffer
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	c, _ := running(t, o, l)
	reach(t, c, 19)
	key := pledge.KeyParty(cast.Enterprise.USCC)
	old := append([]byte(nil), m.state[key]...)
	other := bytes.Replace(old, []byte(`"v":1`), []byte(`"v":2`), 1)
	lie := func(k string) ([]byte, error) {
		if k == key {
			return other, nil
		}
		return m.state[k], nil
	}
	none := func(string) ([]byte, error) { return nil, nil }
	type answers map[string]func(string) ([]byte, error)
	tests := []struct {
		name    string
		answers answers
		want    string // in the error; "" when they agree
		alarm   bool
	}{
		{"all agree", answers{}, "", false},
		{"own one is down", answers{"ExchangeMSP": down}, "", false},
		{"another is down", answers{"IPCentreMSP": down}, "", false},
		{"one left", answers{"ExchangeMSP": down, "NotaryMSP": down}, "1 of the 2 members", false},
		{"none left", answers{"ExchangeMSP": down, "IPCentreMSP": down, "NotaryMSP": down}, "0 of the 2 members", false},
		{"own one lies", answers{"ExchangeMSP": lie}, "the peers of ExchangeMSP hold", true},
		{"another lies", answers{"IPCentreMSP": lie}, "the peers of IPCentreMSP hold", true},
		{"the one in place lies", answers{"IPCentreMSP": down, "NotaryMSP": lie}, "the peers of NotaryMSP hold", true},
		{"two lie alike", answers{"ExchangeMSP": lie, "IPCentreMSP": lie}, "the peers of ExchangeMSP, IPCentreMSP hold", true},
		{"one lacks it", answers{"IPCentreMSP": none}, "the peers of IPCentreMSP hold", true},
	}
	for _, tt := range tests {
		log.Reset()
		l.set(func() { l.answers = tt.answers })
		values, head, err := c.agreed(t.Context(), key, pledge.KeyAsset("none"))
		switch {
		case tt.want == "" && (err != nil || !bytes.Equal(values[0], old) || values[1] != nil || head.Height != 19):
			t.Errorf("%s: %s at %+v, %v", tt.name, values, head, err)
		case tt.want != "" && (!errors.Is(err, service.ErrUnavailable) || !strings.Contains(err.Error(), tt.want) || values != nil):
			t.Errorf("%s: %s, %v, want %q", tt.name, values, err, tt.want)
		}
		if got := strings.Contains(log.String(), "ALARM"); got != tt.alarm {
			t.Errorf("%s: alarm %t, want %t: %s", tt.name, got, tt.alarm, &log)
		}
	}
}

// TestAgreedWhileABlockPasses: members and the copy need not have a block at
// the same moment.
func TestAgreedWhileABlockPasses(t *testing.T) {
	m, cast, _ := storied(t, 20)
	l := newLab(t, m)
	o := labOptions(t)
	o.AgreeWithin = time.Minute
	c, _ := running(t, o, l)
	reach(t, c, 19)
	jws := cast.Notarize(cast.Enterprise, actors.NewDataset("passing", 1))
	key := pledge.KeyAsset(actors.AssetID(jws))
	l.set(func() { // the peers have it, the copy does not yet
		raw, _ := m.apply(t, jws)
		m.add([]byte{0}, raw)
		l.answers["IPCentreMSP"] = func(string) ([]byte, error) { return nil, nil }
	})
	time.AfterFunc(100*time.Millisecond, l.catchUp)
	time.AfterFunc(300*time.Millisecond, func() { l.set(func() { delete(l.answers, "IPCentreMSP") }) })
	values, head, err := c.agreed(t.Context(), key)
	if err != nil || !bytes.Equal(values[0], m.state[key]) || head.Height != 20 {
		t.Errorf("got %s at %+v, %v", values, head, err)
	}
}

// TestAgreedIsOneState: what members say of a height is never mixed with
// values of another, while blocks pass all the time.
func TestAgreedIsOneState(t *testing.T) {
	m, cast, _ := storied(t, 5)
	l := newLab(t, m)
	o := labOptions(t)
	o.AgreeWithin = time.Minute // blocks pass faster than a slow machine asks
	c, _ := running(t, o, l)
	reach(t, c, 4)
	stop := make(chan struct{})
	t.Cleanup(func() { <-stop })
	go func() {
		defer close(stop)
		for range 30 {
			l.set(func() {
				a, _ := m.apply(t, cast.Notarize(cast.Enterprise, actors.NewDataset(l.t.Name()+time.Now().String(), 1)))
				m.add([]byte{0}, a)
			})
			l.catchUp()
			time.Sleep(5 * time.Millisecond)
		}
	}()
	for range 50 {
		if _, _, err := c.agreed(t.Context(), pledge.KeyChannel(), pledge.KeyParty(cast.Enterprise.USCC)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWatch(t *testing.T) {
	m, cast, _ := storied(t, 200)
	l := newLab(t, m)
	c, _ := running(t, labOptions(t), l)
	reach(t, c, 199)
	for _, n := range []int{2, 100, 199} { // old ones are read from a peer, new ones from memory
		if v := <-watched(t, c, m.blocks[n], 1); v.Block != uint64(n) || v.Tx != 1 || v.Code != 0 || len(v.Committed) != 1 || len(v.Results) != 1 {
			t.Errorf("tx of block %d: %+v", n, v)
		}
	}
	raw, _ := m.apply(t, cast.Notarize(cast.Enterprise, actors.NewDataset("new", 1)))
	lost, _ := m.apply(t, cast.Notarize(cast.Enterprise, actors.NewDataset("lost", 1)))
	m.add([]byte{9, 0, 11}, m.blocks[150].Data.Data[1], raw, lost) // 9: the first is a repetition
	again, before, invalid := watched(t, c, m.blocks[200], 0), watched(t, c, m.blocks[200], 1), watched(t, c, m.blocks[200], 2)
	l.catchUp()
	if v := <-before; v.Block != 200 || v.Tx != 1 || len(v.Committed) != 1 {
		t.Errorf("watched before its block: %+v", v)
	}
	if v := <-invalid; v.Block != 200 || v.Code != 11 || v.Committed != nil {
		t.Errorf("an invalid one: %+v", v)
	}
	if v := <-again; v.Block != 150 || v.Code != 0 {
		t.Errorf("a repeated one: %+v, want its first verdict", v)
	}
	if v := <-watched(t, c, m.blocks[200], 0); v.Block != 150 {
		t.Errorf("a repeated one, asked later: %+v, want its first verdict", v)
	}
	twice, _ := m.apply(t, cast.Notarize(cast.Enterprise, actors.NewDataset("twice", 1)))
	m.add([]byte{9, 0}, twice, twice)
	both := watched(t, c, m.blocks[201], 0)
	l.catchUp()
	if v := <-both; v.Tx != 1 || v.Code != 0 {
		t.Errorf("twice in a block: %+v, want the valid one", v)
	}
	if at, ok, err := c.db.tx(txIDOf(t, twice)); err != nil || !ok || at != (pledge.Position{Block: 201, Tx: 1}) {
		t.Errorf("twice in a block: noted at %+v %t %v", at, ok, err)
	}
	claimed, _ := m.apply(t, cast.Notarize(cast.Enterprise, actors.NewDataset("claimed", 1)))
	id := txIDOf(t, claimed)
	m.add([]byte{8, 11}, reheaded(twice, func(h *common.ChannelHeader) { h.TxId = id }), m.blocks[150].Data.Data[1])
	m.add([]byte{0}, claimed)
	mine := watched(t, c, m.blocks[203], 0)
	l.catchUp()
	if v := <-mine; v.Block != 203 || v.Code != 0 {
		t.Errorf("another claimed its id before: %+v", v)
	}
	if at, ok, err := c.db.tx(txIDOf(t, m.blocks[150].Data.Data[1])); err != nil || !ok || at != (pledge.Position{Block: 150, Tx: 1}) {
		t.Errorf("seen again: noted at %+v %t %v, want the first place", at, ok, err)
	}
	never, end := c.watch(strings.Repeat("0", 64))
	end()
	waiting, _ := c.watch(strings.Repeat("1", 64))
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	if v, ok := <-waiting; ok {
		t.Errorf("told %+v at close", v)
	}
	select {
	case v, ok := <-never:
		t.Errorf("an ended watch was told %+v %t", v, ok)
	default:
	}
	if late, _ := c.watch(strings.Repeat("2", 64)); late != nil {
		if _, ok := <-late; ok {
			t.Error("told after close")
		}
	}
}

func watched(t *testing.T, c *chain, b *common.Block, tx int) <-chan verdict {
	t.Helper()
	out, end := c.watch(txIDOf(t, b.Data.Data[tx]))
	t.Cleanup(end)
	return out
}

func txIDOf(t *testing.T, envelope []byte) string {
	t.Helper()
	h, _, err := openEnvelope(envelope)
	if err != nil {
		t.Fatal(err)
	}
	return h.channel.TxId
}
