package sensitive

import "testing"

func TestAgainst(t *testing.T) {
	id, luhn := Chance{NearIn: 10, PoolIn: 70000}, Chance{NearIn: 9, PoolIn: 500}
	tests := []struct {
		name              string
		chance            Chance
		count, near, pool int64
		want              strength
	}{
		{"one identity number alone", id, 1, 0, 1, beyond},
		{"one among as many others", id, 1, 0, 2, beyond},
		{"one beside a near miss", id, 1, 1, 2, possible},
		{"one among ten thousand random numbers", id, 1, 1, 10000, possible},
		{"one in a pool of a thousand", id, 1, 0, 1000, possible},
		{"one card among four numbers of 16 digits", luhn, 1, 0, 50, possible},
		{"two near misses' worth and a hit", id, 1, 20, 10000, explained},
		{"all of a column with typing errors", id, 9950, 50, 10000, beyond},
		{"numbers of a region and a day", id, 95, 905, 1000, explained},
		{"one card of 19 digits", luhn, 1, 0, 1, beyond},
		{"one card of 16 digits", luhn, 1, 0, 11, beyond},
		{"two cards of 16 digits", luhn, 2, 0, 22, beyond},
		{"a tenth of numbers with a prefix", luhn, 1000, 9000, 10000, explained},
		{"a fifth of numbers with a prefix", luhn, 2000, 8000, 10000, possible},
		{"half of numbers with a prefix", luhn, 5000, 5000, 10000, beyond},
		{"ten million cards", luhn, 10_000_000, 0, 10_000_000, beyond},
		{"no chance at all", Chance{}, 1, 0, 0, beyond},
	}
	for _, tt := range tests {
		if got := tt.chance.against(&tally{count: tt.count, near: tt.near, pool: tt.pool}); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestRateIsRoundedUp(t *testing.T) {
	for _, tt := range []struct {
		n, all int64
		want   int
	}{{0, 5, 0}, {0, 0, 0}, {1, 1_000_000, 1}, {1, 10_000, 1}, {2, 10_001, 2}, {1, 1, 10_000}} {
		if got := rate(tt.n, tt.all); got != tt.want {
			t.Errorf("%d of %d: got %d, want %d", tt.n, tt.all, got, tt.want)
		}
	}
}
