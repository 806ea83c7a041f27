// Package pledge holds the rules of notarization and pledge. They are run by
// every ledger (in process, or on every endorsing peer) and again by whoever
// checks evidence years later, so they are a pure function of the state, the
// transaction and the commands: no clock, no randomness, no I/O, no floating
// point, no dependence on the order of maps.
//
// A command comes as a compact JWS. [ParseCommand] checks all that needs no
// state, [Command.Verify] its signature: both may run in parallel. [Apply]
// then takes commands in their order, looks up who may sign (the table acts),
// what may happen to a pledge (the table life), and writes records under the
// keys of [ParseKey].
//
// A refusal leaves nothing on the ledger, not even that it was one: whoever
// has the bytes of a refused command may send them again, and for MaxAge after
// its date they are judged anew, by the state of then. command.fence makes a
// no final.
//
// What a custodian found in the data (Examined) and how much of one content is
// in another's (ContentOverlap) are the words of those who sign them. The rules
// compute neither: they hold the owner's declaration to the custodian's word,
// and a scan to the owners and the liens of the assets that it names.
//
// Every record has one spelling, RFC 8785 canonical JSON, and is read with a
// decoder that accepts no other. Clauses such as T5 refer to the transitions
// of the law of a pledge: propose T1, withdraw T2, accept T3, the checks T4,
// register T5, reject T5r, release T17, lapse T18, freeze T20. Statutes are
// named where a check obeys them: 民法典 is the Civil Code, 担保制度解释 the Supreme
// People's Court's interpretation of its security provisions.
package pledge
