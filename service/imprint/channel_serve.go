package imprint

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"time"
)

// PathCheckpoints is where a member of a channel of checkpoints hands to anyone
// what shows that a block is under one (GET, ?channel=C&block=N).
const PathCheckpoints = "/v1/checkpoints"

// checkpointFiles is the answer: files of an evidence package, by name. They
// prove themselves, so neither side signs or asks who the other is.
type checkpointFiles struct {
	V     int               `json:"v"`
	Files map[string]string `json:"files"` // base64
}

// servedAtOnce bounds the questions that are answered at once: some ask the
// channel's members to sign.
const servedAtOnce = 4

// served is the handler.
type served struct {
	channel string
	parts   func(ctx context.Context, block uint64) (map[string][]byte, error)
	log     *slog.Logger
	turns   chan struct{}
}

// Serve answers PathCheckpoints for the blocks of a channel from what followers
// have receipts of. 404: there is no checkpoint of that block (yet).
func Serve(channel string, of *Imprints, log *slog.Logger) http.Handler {
	s := &served{channel: channel, parts: of.Parts, log: log, turns: make(chan struct{}, servedAtOnce)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+PathCheckpoints, s.answer)
	return mux
}

func (s *served) answer(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	block, err := strconv.ParseUint(q.Get("block"), 10, 64)
	switch {
	case err != nil:
		http.Error(w, "block: the number of a block is needed", http.StatusBadRequest)
		return
	case q.Get("channel") != s.channel:
		http.Error(w, "channel: checkpoints here are of channel "+s.channel, http.StatusNotFound)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), servedWithin)
	defer cancel()
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
		http.Error(w, "busy: ask again", http.StatusServiceUnavailable)
		return
	}
	s.give(ctx, w, block)
}

// servedWithin bounds one answer, with the wait for its turn.
const servedWithin = 30 * time.Second

func (s *served) give(ctx context.Context, w http.ResponseWriter, block uint64) {
	files, err := s.parts(ctx, block)
	switch {
	case err != nil:
		s.log.WarnContext(ctx, "imprint: a checkpoint could not be handed out", slog.Uint64("block", block), slog.Any("error", err))
		http.Error(w, "the checkpoint cannot be shown now", http.StatusServiceUnavailable)
		return
	case len(files) == 0:
		http.Error(w, "there is no checkpoint of this block, or none that its members can show now", http.StatusNotFound)
		return
	}
	a := checkpointFiles{Version, map[string]string{}}
	for name, data := range files {
		a.Files[name] = base64.StdEncoding.EncodeToString(data)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(a) // to a client that may be gone
}
