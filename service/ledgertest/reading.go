package ledgertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// getAtOneHead: what one command wrote is seen whole or not at all, and seen
// exactly when the head that comes with it has reached the command's block.
func getAtOneHead(s *stage) {
	commands := s.many(200)
	out := make([]pledge.Outcome, len(commands))
	done := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		defer close(done)
		for i, c := range commands {
			out[i] = s.one(c)
		}
	})
	seen := make([][]sight, 3)
	for r := range seen {
		all.Go(func() { seen[r] = s.watch(commands, done) })
	}
	all.Wait()
	for _, sights := range seen {
		last := uint64(0)
		for _, v := range sights {
			at := out[v.command].Position
			if at == nil {
				s.Fatalf("command %d: %+v", v.command, out[v.command])
			}
			if v.there != (v.height >= at.Block) {
				s.Errorf("command %d of block %d: there is %t at height %d", v.command, at.Block, v.there, v.height)
			}
			if v.height < last {
				s.Errorf("height %d after %d", v.height, last)
			}
			last = v.height
		}
	}
	if _, head := s.get(pledge.KeyChannel()); head != s.head() {
		s.Errorf("get at %+v, head is %+v", head, s.head())
	}
}

// sight is one look at one command.
type sight struct {
	command int
	there   bool
	height  uint64
}

// watch looks at the commands, newest and oldest in turn, until done.
func (s *stage) watch(commands []string, done <-chan struct{}) (seen []sight) {
	newest := 0
	for i := 0; ; i++ {
		select {
		case <-done:
			return seen
		default:
		}
		at := i % len(commands)
		if i%3 > 0 { // mostly where something happens
			at = min(newest+i%3-1, len(commands)-1)
		}
		there, height, ok := s.wholeOrNot(commands[at])
		if !ok {
			return seen
		}
		if there && at == newest {
			newest++
		}
		seen = append(seen, sight{at, there, height})
	}
}

func (s *stage) wholeOrNot(command string) (there bool, height uint64, ok bool) {
	keys := []string{pledge.KeyAsset(actors.AssetID(command)), pledge.KeyCommand(s.Enterprise.USCC, actors.CommandID(command)), pledge.KeyAsset("none")}
	values, head, err := s.ledger.Get(s.ctx, keys...)
	if err != nil || len(values) != 3 {
		s.Errorf("get: %v", err)
		return false, 0, false
	}
	if (values[0] == nil) != (values[1] == nil) || values[2] != nil {
		s.Errorf("half a command at height %d: asset %d bytes, command %d bytes", head.Height, len(values[0]), len(values[1]))
		return false, 0, false
	}
	return values[0] != nil, head.Height, true
}

// followFromZero: the blocks are a chain, hold every command once, and what
// they wrote is the state.
func followFromZero(s *stage) {
	commands := s.many(50)
	out := s.apply(commands...)
	head := s.head()
	blocks := s.until(0, func(b service.Block) bool { return b.Number == head.Height })
	if last := blocks[len(blocks)-1]; last.Hash != head.Hash {
		s.Errorf("block %d has hash %s, the head says %s", last.Number, last.Hash, head.Hash)
	}
	if info := s.ledger.Info(); blocks[0].Hash != info.GenesisHash || info.Channel != Channel {
		s.Errorf("block 0 %s and info %+v do not agree", blocks[0].Hash, info)
	}
	s.startsWithGenesis(blocks)
	s.chained(blocks)
	s.found(blocks, commands, out)
	state := map[string][]byte{}
	for _, b := range blocks {
		for _, w := range allWrites(b) {
			state[w.Key] = w.Value
		}
	}
	keys := make([]string, 0, len(state))
	for k := range maps.Keys(state) {
		keys = append(keys, k)
	}
	values, _ := s.get(keys...)
	for i, k := range keys {
		if !bytes.Equal(values[i], state[k]) {
			s.Errorf("%s: the state has\n%s, the blocks say\n%s", k, values[i], state[k])
		}
	}
}

// startsWithGenesis: the genesis stands in one block, and no command before.
func (s *stage) startsWithGenesis(blocks []service.Block) {
	s.Helper()
	found := 0
	for _, b := range blocks {
		if len(b.Genesis) > 0 {
			found++
		}
		if len(b.Commands) > 0 && (found == 0 || len(b.Genesis) > 0) {
			s.Errorf("block %d has commands, and the genesis does not stand before it", b.Number)
		}
	}
	if found != 1 {
		s.Errorf("%d blocks have a genesis, want 1", found)
	}
}

func allWrites(b service.Block) []pledge.Write {
	out := append([]pledge.Write(nil), b.Genesis...)
	for _, c := range b.Commands {
		out = append(out, c.Writes...)
	}
	return out
}

func (s *stage) chained(blocks []service.Block) {
	s.Helper()
	for i := 1; i < len(blocks); i++ {
		if a, b := blocks[i-1], blocks[i]; b.Number != a.Number+1 || b.Prev != a.Hash || b.Time.Before(a.Time) || len(b.Hash) != 64 {
			s.Errorf("block %d (%s, %s) after block %d (%s, %s)", b.Number, b.Prev, b.Time, a.Number, a.Hash, a.Time)
		}
	}
}

// found checks that each command stands in the blocks once, at its place.
func (s *stage) found(blocks []service.Block, commands []string, out []pledge.Outcome) {
	s.Helper()
	seen := map[string]service.Committed{}
	for _, b := range blocks {
		for _, c := range b.Commands {
			if _, twice := seen[c.Outcome.CommandID]; twice {
				s.Errorf("%s is there twice", c.Outcome.CommandID)
			}
			if c.Outcome.CommandID != actors.CommandID(c.JWS) || c.Outcome.Status != pledge.Applied || c.Outcome.Position.Block != b.Number {
				s.Errorf("block %d holds %+v", b.Number, c.Outcome)
			}
			seen[c.Outcome.CommandID] = c
		}
	}
	for i, c := range commands {
		got := seen[actors.CommandID(c)]
		if got.JWS != c || got.Outcome.Position == nil || *got.Outcome.Position != *out[i].Position || got.Outcome.RecordID != out[i].RecordID {
			s.Errorf("command %d: the blocks have %+v, the answer was %+v", i, got.Outcome, out[i])
		}
		if !bytes.Equal(got.Outcome.Record, out[i].Record) {
			s.Errorf("command %d: the blocks have record %s, the answer was %s", i, got.Outcome.Record, out[i].Record)
		}
	}
}

func followFromAmid(s *stage) {
	s.apply(s.many(3)...)
	from := s.head().Height
	c := s.Notarize(s.Enterprise, actors.NewDataset(s.name("later"), 1))
	var all sync.WaitGroup
	ready := make(chan struct{})
	var once sync.Once
	all.Go(func() {
		<-ready
		s.one(c)
	})
	blocks := s.until(from, func(b service.Block) bool {
		once.Do(func() { close(ready) })
		return b.Number > from && slices.ContainsFunc(b.Commands, func(in service.Committed) bool { return in.JWS == c })
	})
	all.Wait()
	if blocks[0].Number != from {
		s.Errorf("followed from %d, first block is %d", from, blocks[0].Number)
	}
	s.chained(blocks)
	// A block that is yet to come is waited for.
	next := s.head().Height + 1
	ctx, cancel := context.WithCancel(s.ctx)
	all.Go(func() {
		s.one(s.Notarize(s.Enterprise, actors.NewDataset(s.name("last"), 1)))
	})
	err := s.ledger.Follow(ctx, next, func(b service.Block) error {
		if b.Number != next {
			s.Errorf("got block %d, want %d", b.Number, next)
		}
		cancel()
		return nil
	})
	all.Wait()
	if !errors.Is(err, context.Canceled) {
		s.Errorf("cancelled follower: %v", err)
	}
}

func followEnds(s *stage) {
	if err := s.ledger.Follow(s.ctx, 0, func(service.Block) error { return errEnough }); err != errEnough {
		s.Errorf("got %v, want the error of the callback", err)
	}
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if err := s.ledger.Follow(ctx, 0, func(service.Block) error { return nil }); !errors.Is(err, context.Canceled) {
		s.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// followersAndWriters: whoever follows sees every command of every writer
// once, in one order, where the writer was told.
func followersAndWriters(s *stage) {
	const writers, each = 8, 25
	from := s.head().Height + 1
	commands := s.many(writers * each)
	out := make([]pledge.Outcome, len(commands))
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := w * each; i < (w+1)*each; i++ {
				out[i] = s.one(commands[i])
			}
		})
	}
	seen := make([][]service.Block, 3)
	for f := range seen {
		all.Go(func() {
			n := 0
			seen[f] = s.until(from, func(b service.Block) bool { n += len(b.Commands); return n >= len(commands) })
		})
	}
	all.Wait()
	for _, blocks := range seen {
		s.chained(blocks)
		s.found(blocks, commands, out)
	}
}

func prove(s *stage) {
	c := s.Notarize(s.Enterprise, actors.NewDataset(s.name("a"), 1))
	at := *s.apply(append(s.many(5), c)...)[5].Position
	kind := s.ledger.Info().Kind
	for _, p := range []pledge.Position{at, {}} {
		doc, err := s.ledger.Prove(s.ctx, p)
		if err != nil {
			s.Errorf("proving %+v: %v", p, err)
			continue
		}
		var named struct {
			Kind string `json:"kind"`
		}
		if err := json.Unmarshal(doc, &named); err != nil || named.Kind != kind {
			s.Errorf("proof is of kind %q, %v; the ledger is %q", named.Kind, err, kind)
		}
		if p == at && kind == "solo" && !strings.Contains(string(doc), c) {
			s.Errorf("the proof does not hold the command")
		}
	}
	for _, p := range []pledge.Position{{Block: at.Block, Index: 1 << 20}, {Block: at.Block, Tx: 1 << 20}, {Block: at.Block, Index: -1}, {Block: 1 << 40}} {
		if doc, err := s.ledger.Prove(s.ctx, p); !errors.Is(err, service.ErrNotFound) {
			s.Errorf("proving %+v: %s, %v; want %v", p, doc, err, service.ErrNotFound)
		}
	}
}

// reopened: after a restart all is as it was.
func reopened(s *stage) {
	commands := s.many(120)
	out := s.apply(commands...)
	head, info := s.head(), s.ledger.Info()
	keys := []string{pledge.KeyParty(s.Enterprise.USCC)}
	for i, c := range commands {
		keys = append(keys, pledge.KeyAsset(actors.AssetID(c)), pledge.KeyCommand(s.Enterprise.USCC, out[i].CommandID))
	}
	values, _ := s.get(keys...)
	for range 2 {
		s.reopen()
		if got := s.head(); got != head {
			s.Errorf("head %+v, was %+v", got, head)
		}
		if got := fmt.Sprintf("%+v", s.ledger.Info()); got != fmt.Sprintf("%+v", info) {
			s.Errorf("info %s, was %+v", got, info)
		}
		again, _ := s.get(keys...)
		for i := range keys {
			if !bytes.Equal(again[i], values[i]) {
				s.Errorf("%s: got %s, was %s", keys[i], again[i], values[i])
			}
		}
		s.found(s.until(0, func(b service.Block) bool { return b.Number == head.Height }), commands, out)
	}
	s.apply(s.Notarize(s.Enterprise, actors.NewDataset(s.name("new"), 1)))
}
