// Package demo tells the whole story of a pledge on a real dataset: it starts
// a service of its own, and is nothing but a client of its public API with
// the keys of made-up parties.
package demo

import (
	"context"
	"embed"
	"fmt"
	"path/filepath"
	"time"

	"github.com/datapledge/datapledge/cmd/datapledge/owner"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/storage"
)

//go:embed data documents
var shipped embed.FS

// Made-up parties, with codes that have a valid check digit (GB 32100-2015).
const (
	companyCode = "91330108MA2DEMXA01"
	bankCode    = "91330100MADEMB1A16"
	rivalCode   = "91330100MADEMB2A8H"
	copierCode  = "91330108MADEMC1A4A"

	companyName = "Hangzhou Feiyu Data Co. (made up)"
	bankName    = "West Lake Demonstration Bank (made up)"
	rivalName   = "Qiantang Demonstration Bank (made up)"
	copierName  = "Hangzhou Copycat Data Co. (made up)"
)

// Server is a running service with its members' keys in Keys. Trust is the
// trust file of a consortium; empty where the service itself says whom to trust.
type Server struct {
	URL   string
	Keys  string
	Trust string
	// StampRoots are the root certificates (PEM) of who stamps its blocks.
	StampRoots []string
	Stop       func() error
}

// Options of a run.
type Options struct {
	// Dir is an empty folder that the demonstration fills.
	Dir string
	// Start starts a service that keeps its data in a folder.
	Start func(ctx context.Context, dir string) (Server, error)
	// Step is told each step as it ends.
	Step func(Step)
	// Now is the clock.
	Now func() time.Time
}

// Step is one step of the story: what was done, and what it proves.
type Step struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	MS     int64  `json:"ms"`
	Proves string `json:"proves"`
	Detail string `json:"detail,omitempty"`
	// Lines are what else there is to say, a line each.
	Lines []string `json:"lines,omitempty"`
}

// Result is the outcome of the whole story.
type Result struct {
	Ledger       string                          `json:"ledger"`
	Fingerprint  string                          `json:"fingerprint"`
	AssetID      string                          `json:"asset_id"`
	PledgeID     string                          `json:"pledge_id"`
	Verification client.Doc[client.Verification] `json:"verification"`
	Search       client.Doc[client.Search]       `json:"search"`
	Evidence     string                          `json:"evidence"`
	Trust        string                          `json:"trust"`
	Certificate  string                          `json:"certificate"`
	Steps        []Step                          `json:"steps"`
	Dir          string                          `json:"dir"`
	Server       string                          `json:"server"`
}

// story is one run.
type story struct {
	o      Options
	server Server
	result Result

	company, copier            *client.Client
	bank, rival                *client.Client
	ipcentre, notary, exchange *client.Client

	dataset     string // the folder
	manifest    storage.Manifest
	given       service.Given // what the company states about it
	found       owner.Found   // what the company found in it
	declaration pledge.Declaration
	sealed      client.Sealed
	terms       pledge.Terms
	seq         int64
	lines       []string // of the step that is being done
}

// Run tells the story. The service that it started is still up when it
// returns without an error; the caller stops it.
func Run(ctx context.Context, o Options) (Result, Server, error) {
	s := &story{o: o, dataset: filepath.Join(o.Dir, "dataset")}
	s.result.Dir = o.Dir
	for _, step := range s.steps() {
		if err := s.tell(ctx, step); err != nil {
			if s.server.Stop != nil {
				_ = s.server.Stop()
			}
			return s.result, Server{}, fmt.Errorf("step %q: %w", step.name, err)
		}
	}
	return s.result, s.server, nil
}

// step is a line of the script.
type step struct {
	name   string
	proves string
	do     func(context.Context) (detail string, err error)
}

func (s *story) tell(ctx context.Context, st step) error {
	began := s.o.Now()
	s.lines = nil
	detail, err := st.do(ctx)
	done := Step{Name: st.name, OK: err == nil, MS: s.o.Now().Sub(began).Milliseconds(), Proves: st.proves, Detail: detail, Lines: s.lines}
	if err != nil {
		done.Detail = err.Error()
	}
	s.result.Steps = append(s.result.Steps, done)
	if s.o.Step != nil {
		s.o.Step(done)
	}
	return err
}
