package solo

import "sync"

// queue hands values from many goroutines to one, in order. Its length is
// bounded by whoever puts.
type queue[T any] struct {
	mu     sync.Mutex
	items  []T
	closed bool
	wake   chan struct{}
}

func newQueue[T any]() *queue[T] { return &queue[T]{wake: make(chan struct{}, 1)} }

// put appends v; false after close.
func (q *queue[T]) put(v ...T) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.items = append(q.items, v...)
	q.signal()
	return true
}

func (q *queue[T]) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *queue[T]) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.signal()
}

// take waits for values and returns the first ones, as long as more says so
// (the first is always taken). It returns none once the queue is closed and
// empty.
func (q *queue[T]) take(more func(next T) bool) []T {
	for {
		got, closed := q.takeNow(more)
		if len(got) > 0 || closed {
			return got
		}
		<-q.wake
	}
}

func (q *queue[T]) takeNow(more func(next T) bool) ([]T, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 0
	for n < len(q.items) && (more(q.items[n]) || n == 0) {
		n++
	}
	got := q.items[:n:n]
	q.items = q.items[n:]
	if len(q.items) > 0 || q.closed {
		q.signal()
	}
	return got, q.closed
}
