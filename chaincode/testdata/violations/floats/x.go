// Package floats holds what the test of the forbidden must find.
package floats

import (
	"strconv"
	"time"
)

type share float32 // want "a float"

func Use(n int, d time.Duration) {
	x := float64(n)                     // want "a float"
	_ = x * 2                           // want "a float"
	_ = d.Hours()                       // want "a float"
	_ = complex(x, x)                   // want "a float"
	f, _ := strconv.ParseFloat("1", 64) // want "a float"
	_ = f                               // want "a float"
	_ = n / 2
	_ = d / 2
}
