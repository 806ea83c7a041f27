package solo

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// Parts of a ledger file that damage is found in.
const (
	InFile  = "file"  // the pages of the file
	InState = "state" // the index of current values
	InBlock = "block" // the block whose number is told
)

// DamageError says that the ledger file is not what was written, and where.
// Such a ledger MUST NOT be served: restore it from a copy.
type DamageError struct {
	// Part is InFile, InState or InBlock.
	Part string
	// Block is the damaged block's number when Part is InBlock.
	Block uint64
	// What says what is wrong.
	What string
}

func (e *DamageError) Error() string {
	if e.Part == InBlock {
		return fmt.Sprintf("damaged ledger: block %d: %s", e.Block, e.What)
	}
	return fmt.Sprintf("damaged ledger: %s: %s", e.Part, e.What)
}

func damagedFile(format string, args ...any) error {
	return &DamageError{Part: InFile, What: fmt.Sprintf(format, args...)}
}

func damagedState(format string, args ...any) error {
	return &DamageError{Part: InState, What: fmt.Sprintf(format, args...)}
}

func damagedBlock(number uint64, format string, args ...any) error {
	return &DamageError{Part: InBlock, Block: number, What: fmt.Sprintf(format, args...)}
}

// ErrLocked: another process has the ledger file open.
var ErrLocked = errors.New("the ledger is open in another process")

// guard runs fn so that a page that cannot be read (the file is mapped into
// memory: a failing disk or a file cut short shows as a fault there), or one
// that makes bbolt panic, ends as damage and not as the end of the process.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = damagedFile("unreadable: %v", r)
		}
	}()
	return fn()
}
