package imprint

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/datapledge/datapledge/pledge"
)

// fetch asks the source; nil files: it has no checkpoint of that block. One
// that gives no answer, or takes long over one, is left alone for a while: a
// package is about many blocks, and must not wait for each.
func (s *Source) fetch(ctx context.Context, block uint64) (files map[string][]byte, err error) {
	if s.isAway() {
		return nil, nil
	}
	asked := s.o.Now()
	defer func() {
		if err != nil || s.o.Now().Sub(asked) > tardy {
			s.setAway()
		}
	}()
	q := url.Values{"channel": {s.o.Ledger.Info().Channel}, "block": {strconv.FormatUint(block, 10)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.o.URL+PathCheckpoints+"?"+q.Encode(), nil)
	if err != nil {
		return nil, err
	}
	res, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return answered(res)
}

func answered(res *http.Response) (map[string][]byte, error) {
	switch res.StatusCode {
	case http.StatusNotFound:
		return nil, nil
	case http.StatusOK:
	default:
		return nil, fmt.Errorf("the source answers %s", res.Status)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxFetched+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFetched {
		return nil, fmt.Errorf("the source answers with more than %d bytes", maxFetched)
	}
	return filesIn(data)
}

func filesIn(data []byte) (map[string][]byte, error) {
	var a checkpointFiles
	if err := pledge.StrictUnmarshal(data, &a); err != nil {
		return nil, fmt.Errorf("reading checkpoints: %w", err)
	}
	if a.V != Version {
		return nil, fmt.Errorf("an answer of version %d is none", a.V)
	}
	files := map[string][]byte{}
	for name, text := range a.Files {
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("reading %.80q: %w", name, err)
		}
		files[name] = data
	}
	return files, nil
}

func (s *Source) isAway() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.o.Now().Before(s.away)
}

func (s *Source) setAway() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = s.o.Now().Add(pausing)
}
