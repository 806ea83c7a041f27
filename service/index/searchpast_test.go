package index_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/mem"
)

// replayed is a ledger that has the blocks up to a height and no others.
type replayed struct {
	*fakeLedger
	state rules
}

func replay(blocks []service.Block) *replayed {
	r := &replayed{fakeLedger: newLedger(blocks...), state: rules{}}
	for _, b := range blocks {
		for _, w := range b.Genesis {
			r.state[w.Key] = w.Value
		}
		for _, c := range b.Commands {
			for _, w := range c.Writes {
				r.state[w.Key] = w.Value
			}
		}
	}
	return r
}

func (r *replayed) Info() service.LedgerInfo {
	return service.LedgerInfo{Kind: "solo", Channel: "pledge"}
}

func (r *replayed) Get(ctx context.Context, keys ...string) ([][]byte, service.Head, error) {
	values := make([][]byte, len(keys))
	for i, k := range keys {
		values[i] = r.state[k]
	}
	head, err := r.Head(ctx)
	return values, head, err
}

// searcher is a service over a chain of blocks, with an index that saw no more.
func searcher(t *testing.T, vault *storage.Vault, blocks []service.Block, now func() time.Time) *service.Service {
	t.Helper()
	ix := open(t, tempPath(t))
	t.Cleanup(func() { closed(t, ix) })
	l := replay(blocks)
	projectTo(t, ix, l, uint64(len(blocks)-1))
	return must(service.New(service.Options{Ledger: l, Index: ix, Vault: vault, Custodian: custodianKey, ReadYourWrites: testTimeout, Now: now}))(t)
}

var custodianKey = func() *client.Key {
	k, err := client.New(client.Ed25519, actors.NewCast("pledge").Exchange.USCC, pledge.ScopeAdmin)
	if err != nil {
		panic(err)
	}
	return k
}()

func newVault(t *testing.T) *storage.Vault {
	t.Helper()
	text := custodianKey.Identity().(fmt.Stringer).String()
	identity := must(storage.ParseIdentity(storage.NewSecret(text)))(t)
	return must(storage.NewVault(&mem.Bucket{}, identity, storage.Options{}))(t)
}

var enquirer = service.Caller{Party: "91330100MA2000006", Roles: []pledge.Role{pledge.RoleBank}}

// answered is what a search told, without its number and when it was asked.
func answered(t *testing.T, s *service.Service, q service.SearchRequest, asOf string) string {
	t.Helper()
	q.AsOf = asOf
	r, err := s.Search(t.Context(), enquirer, q)
	if err != nil {
		return err.Error()
	}
	r.Number, r.At, r.Report, r.Query.AsOf = "", "", "", ""
	return string(must(json.MarshalIndent(r, "", " "))(t))
}

// questions are searches of every kind, for all that ever was on the chain.
func (l *lives) questions() (list []service.SearchRequest) {
	for _, id := range l.assets {
		list = append(list, service.SearchRequest{AssetID: id}, service.SearchRequest{Fingerprint: l.asset(id).Fingerprint},
			service.SearchRequest{Fingerprint: "sha256:" + l.datasets[id].Files[0].SHA256}, service.SearchRequest{Number: "N-" + strings.ToUpper(id[3:])})
		for _, v := range l.asset(id).Versions {
			list = append(list, service.SearchRequest{Fingerprint: v.Fingerprint})
		}
	}
	for _, name := range commonFiles {
		list = append(list, service.SearchRequest{Fingerprint: "sha256:" + actors.NewDataset(name, 1).Files[0].SHA256})
	}
	for _, name := range append(slices.Clone(lifeNames), l.cast.Enterprise.Name, l.cast.Enterprise2.Name, "另一家 数据有限公司", l.cast.Bank.Name, "nobody") {
		list = append(list, service.SearchRequest{Name: name})
	}
	for _, number := range append(slices.Clone(numbers), "浙数登２０２６-1", "(2026)浙0192执1号", "(2026)浙0192民初1号") {
		list = append(list, service.SearchRequest{Number: number})
	}
	return append(list, service.SearchRequest{Party: l.cast.Enterprise.USCC}, service.SearchRequest{Party: l.cast.Enterprise2.USCC}, service.SearchRequest{Party: l.cast.Bank.USCC})
}

// live runs random deeds on assets that share files.
func live(t *testing.T, seed uint64, rounds int) *lives {
	t.Helper()
	l := newLives(t, seed)
	for n := range rounds {
		l.now = l.now.Add(time.Duration(l.rnd.IntN(36)) * time.Hour)
		switch {
		case n < 3 || l.rnd.IntN(8) == 0:
			d := actors.NewDataset(l.cast.Own(fmt.Sprint("data ", n)), 1+l.rnd.IntN(3)).With(actors.NewDataset(commonFiles[l.rnd.IntN(3)], 1))
			l.notarize([]*actors.Actor{l.cast.Enterprise, l.cast.Enterprise2}[l.rnd.IntN(2)], d)
		case l.rnd.IntN(3) == 0:
			if id := l.offered(l.anyAsset(), []*actors.Actor{l.cast.Bank, l.cast.Bank2}[l.rnd.IntN(2)], []string{pledge.Exclusive, pledge.Ranked, pledge.Ranked}[l.rnd.IntN(3)]); id != "" {
				l.register(id, l.asset(l.pledge(id).AssetID).Seq)
			}
		default:
			l.befall()
		}
	}
	return l
}

// befall does what happened least so far and can happen now, every other time.
func (l *lives) befall() {
	some := l.rnd.Perm(len(deeds))
	if l.rnd.IntN(2) == 0 {
		slices.SortStableFunc(some, func(a, b int) int { return l.done[deeds[a].act] - l.done[deeds[b].act] })
	}
	for _, i := range some {
		if id := l.inForce(deeds[i].on...); id != "" && deeds[i].do(l, l.pledge(id)) {
			return
		}
	}
}

// TestSearchOfThePast: what a search as of a height tells, in every way to
// search, is what a service told whose ledger ended there.
func TestSearchOfThePast(t *testing.T) {
	done := map[pledge.Act]int{}
	liens := 0
	for seed := range uint64(4) {
		l := live(t, seed, 60)
		vault := newVault(t)
		full := searcher(t, vault, l.blocks, func() time.Time { return l.now })
		for act, n := range l.done {
			done[act] += n
		}
		questions := l.questions()
		for _, height := range []int{l.rnd.IntN(len(l.blocks)), l.rnd.IntN(len(l.blocks)), len(l.blocks) - 1} {
			l.rnd.Shuffle(len(questions), func(i, j int) { questions[i], questions[j] = questions[j], questions[i] })
			then := searcher(t, vault, l.blocks[:height+1], func() time.Time { return l.blocks[height].Time })
			for _, q := range questions[:30] {
				got, want := answered(t, full, q, fmt.Sprint(height)), answered(t, then, q, "")
				if got != want {
					t.Fatalf("seed %d, %+v as of %d of %d:\ngot  %s\nwant %s", seed, q, height, len(l.blocks), got, want)
				}
				liens += strings.Count(got, `"pledge_id"`)
			}
			if at := l.blocks[height].Time.Format(time.RFC3339); height == len(l.blocks)-1 || l.blocks[height+1].Time != l.blocks[height].Time {
				q := questions[l.rnd.IntN(len(questions))]
				if got, want := answered(t, full, q, at), answered(t, then, q, ""); got != want {
					t.Fatalf("seed %d, %+v as of %s:\ngot  %s\nwant %s", seed, q, at, got, want)
				}
			}
		}
	}
	for _, d := range deeds {
		if done[d.act] == 0 {
			t.Errorf("%s never happened: %v", d.act, done)
		}
	}
	if liens < 100 {
		t.Errorf("only %d liens were told", liens)
	}
}
