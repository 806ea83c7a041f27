package service

// Trouble is a fault that an operator can put right. Readiness shows cause and
// remedy to strangers, and so does the answer 503: they name no secret and no
// address. Err is for the log.
type Trouble struct {
	Cause, Remedy string
	Err           error
}

func (t *Trouble) Error() string {
	text := t.Cause + ": " + t.Remedy
	if t.Err != nil {
		text += ": " + t.Err.Error()
	}
	return text
}

// Unwrap keeps the sentinels of what went wrong visible.
func (t *Trouble) Unwrap() error { return t.Err }
