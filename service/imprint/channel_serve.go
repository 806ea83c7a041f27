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

// servedAtOnce bounds the answers that are made at once: some ask the channel's
// members to sign.
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
	status, text := s.inTurn(r.Context(), block)
	give(w, status, text)
}

// servedWithin bounds the making of one answer, with the wait for its turn.
const servedWithin = 30 * time.Second

// inTurn makes the answer while few others are made: the text is JSON when the
// status is 200. The turn is over before a client, which may be slow, takes it.
func (s *served) inTurn(ctx context.Context, block uint64) (status int, text []byte) {
	ctx, cancel := context.WithTimeout(ctx, servedWithin)
	defer cancel()
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
		return s.made(ctx, block)
	case <-ctx.Done():
		return http.StatusServiceUnavailable, []byte("busy: ask again")
	}
}

func (s *served) made(ctx context.Context, block uint64) (status int, text []byte) {
	files, err := s.parts(ctx, block)
	if err == nil && len(files) == 0 {
		return http.StatusNotFound, []byte("there is no checkpoint of this block, or none that its members can show now")
	}
	if err == nil {
		text, err = textOf(files)
	}
	if err != nil {
		s.log.WarnContext(ctx, "imprint: a checkpoint could not be handed out", slog.Uint64("block", block), slog.Any("error", err))
		return http.StatusServiceUnavailable, []byte("the checkpoint cannot be shown now")
	}
	return http.StatusOK, text
}

// textOf prints files as one answer: sorted, without white space.
func textOf(files map[string][]byte) ([]byte, error) {
	a := checkpointFiles{Version, map[string]string{}}
	for name, data := range files {
		a.Files[name] = base64.StdEncoding.EncodeToString(data)
	}
	return json.Marshal(a)
}

// takenWithin is how long a client may take over an answer.
const takenWithin = time.Minute

func give(w http.ResponseWriter, status int, text []byte) {
	// Where the writer knows no deadlines, the server's own one holds.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(takenWithin))
	if status != http.StatusOK {
		http.Error(w, string(text), status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // to a client that may be gone
}
