package storage

import (
	"context"
	"errors"
)

// Conditions of objects that must stay.
var (
	// ErrHeld: a legal hold or a retention period keeps the object. Nothing
	// was removed.
	ErrHeld = errors.New("object is held")
	// ErrNoHold: this bucket cannot hold objects.
	ErrNoHold = errors.New("bucket cannot hold objects")
	// ErrUnavailable: the bucket could not be reached, or said that it cannot
	// answer now. What was being written may be there or not.
	ErrUnavailable = errors.New("bucket is unavailable")
)

// Holder is what a bucket may implement besides: a legal hold, without an end,
// under which Delete of the object is ErrHeld, for whoever asks.
type Holder interface {
	// SetHold puts the hold on an object or takes it off; doing so again is no
	// error. ErrNotExist; ErrNoHold where the store offers none.
	SetHold(ctx context.Context, key string, on bool) error
	// Held says whether the hold is on. ErrNotExist.
	Held(ctx context.Context, key string) (bool, error)
}

// Retainer is what a bucket may implement besides: objects that nobody can
// remove for the period that the bucket was configured with.
type Retainer interface {
	// Retention names what is configured, as part of a key; empty: nothing.
	Retention() string
	// Retain keeps an object for the period, counted from when it was stored.
	// It never shortens one. ErrNotExist; ErrNoHold where the store offers none.
	Retain(ctx context.Context, key string) error
}
