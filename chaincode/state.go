package chaincode

import (
	"fmt"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/datapledge/datapledge/pledge"
)

// stub is all that this chaincode uses of the shim's.
type stub interface {
	reader
	writer
	GetArgs() [][]byte
	GetTxID() string
	GetChannelID() string
	GetTxTimestamp() (*timestamppb.Timestamp, error)
}

type reader interface {
	GetState(key string) ([]byte, error)
	GetMultipleStates(keys ...string) ([][]byte, error)
}

type writer interface {
	StartWriteBatch()
	FinishWriteBatch() error
	PutState(key string, value []byte) error
}

// readAtOnce bounds the keys of one message: that many of the largest records
// still fit into the 100 MB that peer and chaincode exchange at most.
const readAtOnce = 256

// state is what the rules see of the channel during one call.
type state struct {
	from   reader
	values map[string][]byte
}

func newState(from reader) *state { return &state{from, map[string][]byte{}} }

// prefetch reads what the rules will ask for, as far as that can be told.
func (s *state) prefetch(commands []*pledge.Command) error {
	var keys, behind []string
	for _, c := range commands {
		keys = append(keys, pledge.Reads(c)...)
	}
	if err := s.fetch(keys); err != nil {
		return err
	}
	for _, c := range commands {
		behind = append(behind, pledge.ReadsBehind(c, s.known)...)
	}
	return s.fetch(behind)
}

func (s *state) known(key string) []byte { return s.values[key] }

// fetch reads many keys in few messages, each key once. A peer that does not
// offer this is asked key by key, by the shim.
func (s *state) fetch(keys []string) error {
	missing := make([]string, 0, len(keys))
	for _, k := range keys {
		if _, known := s.values[k]; !known {
			s.values[k] = nil
			missing = append(missing, k)
		}
	}
	for len(missing) > 0 {
		n := min(len(missing), readAtOnce)
		if err := s.fetchSome(missing[:n]); err != nil {
			return err
		}
		missing = missing[n:]
	}
	return nil
}

func (s *state) fetchSome(keys []string) error {
	values, err := s.from.GetMultipleStates(keys...)
	if err == nil && len(values) != len(keys) {
		err = fmt.Errorf("the peer answered %d values", len(values))
	}
	if err != nil {
		return fmt.Errorf("reading %d keys: %w", len(keys), err)
	}
	for i, k := range keys {
		s.values[k] = values[i]
	}
	return nil
}

// Get returns the value that the channel had before this transaction.
func (s *state) Get(key string) ([]byte, error) {
	if v, known := s.values[key]; known {
		return v, nil
	}
	v, err := s.from.GetState(key)
	if err != nil {
		return nil, err
	}
	s.values[key] = v
	return v, nil
}

// Put does nothing: what a transaction writes is told by the results, from
// which write takes it in key order.
func (s *state) Put(string, []byte) error { return nil }
