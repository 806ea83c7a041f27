package evidence

// Describe says what a check finds when it passes, by its name.
func (r Report) Describe(check string) Words {
	for _, n := range r.names() {
		if n.name == check {
			return Words{ZH: n.zh, EN: n.en}
		}
	}
	return Words{check, check}
}

// Meaning is what the report says and what not, told with every verdict.
func (r Report) Meaning() Words { return r.meaning() }

// In is the text in a language, "zh" or "en".
func (w Words) In(lang string) string { return w.in(lang, "\n") }
