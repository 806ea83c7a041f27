// Package goroutines holds what the test of the forbidden must find.
package goroutines

func Use(c chan int) {
	go Use(c) // want "a goroutine"
	select {} // want "select"
}

func use2(c chan int) {
	c <- 1        // want "a channel"
	<-c           // want "a channel"
	for range c { // want "a channel"
	}
}
