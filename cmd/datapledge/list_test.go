package main

import (
	"errors"
	"strconv"
	"testing"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

// pages serves numbers from 0 to n-1, at most limit at a time.
func pages(n int) func(service.Page) (client.Page[int], error) {
	return func(p service.Page) (out client.Page[int], err error) {
		at := 0
		if p.Cursor != "" {
			at, err = strconv.Atoi(p.Cursor)
		}
		for ; at < n && len(out.Items) < p.Limit; at++ {
			out.Items = append(out.Items, client.Doc[int]{Value: at})
		}
		if at < n {
			out.Next = strconv.Itoa(at)
		}
		return out, err
	}
}

func TestCollect(t *testing.T) {
	tests := []struct {
		n, limit, want int
		more           bool
	}{
		{0, 0, 0, false}, {3, 0, 3, false}, {450, 0, 450, false}, {450, 10, 10, true}, {450, 450, 450, false}, {450, 300, 300, true}, {3, 9, 3, false},
	}
	for _, tt := range tests {
		items, next, err := collect(tt.limit, pages(tt.n))
		if err != nil || len(items) != tt.want || (next != "") != tt.more {
			t.Errorf("%d items, limit %d: got %d, next %q, %v", tt.n, tt.limit, len(items), next, err)
		}
		for i, item := range items {
			if item.Value != i {
				t.Fatalf("item %d is %d", i, item.Value)
			}
		}
	}
	fault := errors.New("fault")
	if _, _, err := collect(0, func(service.Page) (client.Page[int], error) { return client.Page[int]{}, fault }); !errors.Is(err, fault) {
		t.Errorf("got %v", err)
	}
}
