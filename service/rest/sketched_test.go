package rest_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
	"github.com/datapledge/datapledge/service/preflight/sketch"
)

var sketchKey = [32]byte{7}

// sketches is an index of content that holds real sketches in memory.
type sketches struct {
	mu     sync.Mutex
	known  map[string]sketch.Sketch // by digest
	assets []sketchedAsset
	broken error
	asked  int
	upTo   uint64 // of the last question
	most   int    // of what is listed; 0: all
}

type sketchedAsset struct {
	id, digest string
	height     uint64
}

func (x *sketches) Similar(_ context.Context, digest string, upTo uint64) ([]service.Similar, bool, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.asked, x.upTo = x.asked+1, upTo
	mine, ok := x.known[digest]
	if x.broken != nil || !ok {
		return nil, false, cmp.Or(x.broken, service.ErrNotFound)
	}
	var list []service.Similar
	for _, a := range x.assets {
		if a.height <= upTo {
			list = append(list, compare(a.id, mine, x.known[a.digest]))
		}
	}
	slices.SortStableFunc(list, func(a, b service.Similar) int { return b.Share.BP - a.Share.BP })
	if x.most > 0 && len(list) > x.most {
		return list[:x.most], false, nil
	}
	return list, true, nil
}

func compare(id string, mine, other sketch.Sketch) service.Similar {
	ab, ba, _ := sketch.Containment(mine, other)
	found, of, _ := sketch.Columns(mine, other)
	return service.Similar{AssetID: id, Share: service.Share(ab), OtherShare: service.Share(ba), Columns: found, OfColumns: of}
}

func (x *sketches) breaks(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.broken = err
}

// withSketches is a stack whose service compares content.
func withSketches(t *testing.T) (*stack, *sketches) {
	t.Helper()
	x := &sketches{known: map[string]sketch.Sketch{}}
	return newStack(t, func(s *setup) { s.service.Content = x }), x
}

// examined is what a custodian finds in the files of a dataset.
func examined(t *testing.T, files map[string]string, fingerprint string) service.Examined {
	t.Helper()
	e := preflight.Examiner{SketchKey: &sketchKey}
	pass := must(e.Begin(t.Context(), service.Given{}))(t)
	for path, content := range files {
		w := pass.Beside(path, int64(len(content)))
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return must(pass.Report(fingerprint))(t)
}

// sketched notarizes a dataset as examined by its custodian.
func (s *stack) sketched(x *sketches, as, name string, files map[string]string) string {
	s.t.Helper()
	id, _ := s.sketchedUpload(x, as, name, files)
	return id
}

func (s *stack) sketchedUpload(x *sketches, as, name string, files map[string]string) (asset, sketchDigest string) {
	s.t.Helper()
	d := s.seal(as, files)
	e := examined(s.t, files, d.Fingerprint)
	x.learn(s.t, e)
	d.Receipt.Preflight = &e.Examined
	d.CustodyReceipt = s.sign("exchange", pledge.CustodyReceiptAct, d.Receipt)
	body := s.notarization(as, name, d)
	body.Declaration.Exclusion.Report, body.Declaration.Quality.Report, body.Declaration.Quality.Scores = e.Exclusion, e.Quality, e.Scores
	for _, f := range e.Findings {
		if strings.HasPrefix(f, "exclusion/") {
			body.Declaration.Exclusion.Result = "fail"
		}
		body.Declaration.Overrides = append(body.Declaration.Overrides, pledge.Override{Finding: f, Reason: "a test", Capacity: "data protection officer", SignedBy: s.keys[as].KID()})
	}
	o := s.command(as, pledge.AssetNotarize, body)
	x.mu.Lock()
	x.assets = append(x.assets, sketchedAsset{o.RecordID, e.Sketch, o.Position.Block})
	x.mu.Unlock()
	return o.RecordID, e.Sketch
}

func (x *sketches) learn(t *testing.T, e service.Examined) {
	t.Helper()
	s := must(sketch.ParseDocument(e.Documents[e.Sketch]))(t)
	x.mu.Lock()
	x.known[e.Sketch] = s
	x.mu.Unlock()
}

// table is CSV of n rows of five columns; rows from..from+n of an endless table.
func table(from, n int) string {
	var b strings.Builder
	b.WriteString("part,weight,maker,shelf,note\n")
	for i := from; i < from+n; i++ {
		fmt.Fprintf(&b, "p%d,%d,m%d,s%d,n%d\n", i, 3*i+5_000_000, i/2, i/3, i*i)
	}
	return b.String()
}
