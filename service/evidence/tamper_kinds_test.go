package evidence_test

import "slices"

// kinds is the matrix. Rows that only have a name are run by the table that
// they stand in.
func kinds() []kind {
	return slices.Concat(partsOfPackage(), signatures(), misplaced(), keysAndPolicies(), stories(), []kind{of("The container (zip)", inContainer())})
}

// partsOfPackage: each file is changed by whoever packs.
func partsOfPackage() []kind {
	return []kind{
		of("manifest.json", onLedger(nothing, "a manifest under another's signature", "a listed file is gone", "a file that is not listed", "another content"),
			onLedger(packer, "a manifest with an unknown member", "a manifest that is not canonical", "another size", "a file of another name", "another channel in the manifest", "as_of names another block"),
			onFiles(packer, "the manifest of a solo ledger", "as_of another block")),
		of("record.json", onLedger(packer, "the record changed"), onFiles(packer, "another record"), otherRecord),
		of("asset.json", pledgesAsset),
		of("onchain/genesis.json", onLedger(operator, "another genesis"), onFiles(packer, "a command in place of the genesis"),
			onChannel(members, "a genesis of other members", "a genesis with another role", "a genesis whose writes are others", "a second genesis")),
		of("onchain/commands", onLedger(packer, "a proof that is not canonical", "a proof under another command's name", "a step of a path changed", "a path too long", "another count", "an index beyond the block"),
			onFiles(packer, "the genesis in place of a command", "a place of a solo ledger", "a place with an unknown member")),
		of("parties", onLedger(packer, "a party's record changed", "a party that nobody enrolled", "a party that signed is missing")),
		of("custody/receipt.jws", onLedger(packer, "another custody receipt", "a needed file is neither there nor listed"),
			onLedger(operator, "a receipt for another dataset", "a receipt for another owner", "a receipt of another channel", "a receipt for another size", "another act of the exchange in place of a receipt")),
		of("manifest of files", onLedger(packer, "another manifest of files", "the manifest of another dataset beside it")),
		of("manifest/files.json", onLedger(packer, "other sizes of files", "other files"), onLedger(operator, "a signed list of other files than the fingerprint's")),
		of("onchain/blocks", onFiles(packer, "a block left out", "block 0 left out"),
			onChannel(packer, "a transaction changed", "a transaction added", "a transaction removed", "transactions cut elsewhere", "bytes that are no block", "a second header")),
		of("Configuration blocks", onChannel(minority, "a configuration left out", "a configuration of a later number", "a configuration that nobody signed",
			"a configuration signed by those it names", "a configuration of another channel")),
		of("parts.json", onLedger(packer, "a list of parts that has more than the package")),
		of("Search report", inSearch("record.json", "a lien left out", "one lien twice", "another rank", "another owner", "a neighbour not looked at", "an ended pledge told as in force"),
			inSearch("search/report.jws", "a block that was not the ledger's")),
		of("Paths of time stamps", stampPaths()),
		of("Receipts of the imprint", inReceipts()),
		of("Checkpoints of the imprint", inImprint(packer, "another transaction", "other blocks", "a path that leads elsewhere", "a path too short", "of a block not in the package", "another holder"),
			inImprint(members, "another root", "another last block", "more blocks", "of another channel", "it wrote nothing", "under another key")),
		of("Blocks of the imprint's channel", inImprint(packer, "the block left out", "the first left out", "no block of the ledger", "a block of the ledger", "spliced: another block before it"),
			inImprint(minority, "a transaction changed", "signed by one consenter less than a quorum", "another configuration in force", "marked invalid")),
	}
}

// signatures: each is broken, or made by another.
func signatures() []kind {
	return []kind{
		of("Signature of a command", onLedger(operator, "a command with a signature of another", "another algorithm than the key's", "a signature in its other spelling"), unsignedOnChannel),
		of("Signature of the operator", onLedger(packer, "a block that the operator did not sign", "a party's signature in place of the operator's")),
		of("Signature of the manifest", onLedger(authority, "a manifest signed by a stranger", "a manifest signed by a bank", "a manifest whose signature is another's"), onFiles(authority, "a manifest signed by a bank")),
		of("Signature of the custody receipt", onLedger(operator, "a receipt by a bank", "a receipt by a stranger", "a receipt with a broken signature")),
		of("Signatures of consenters", onChannel(minority, "a signature of another block", "the third signature damaged", "signed by nobody", "a consenter that is not trusted",
			"another certificate of a consenter's member", "a peer in a consenter's place", "a signature in its other spelling", "signed metadata changed", "the previous hash changed after signing")),
		of("Signatures of endorsers", onChannel(someone, "endorsed by nobody", "endorsed by a member's client", "endorsed by a member's authority", "endorsed by a stranger in a member's name",
			"endorsed by one member in another's name", "endorsed by an unknown institution", "an endorsement of another answer", "an endorsement in its other spelling")),
		of("Tokens of a time-stamping authority", stampTokens()),
		of("Attestations", onChannel(someone, "attested by one member", "attested by two without IP centre or notary", "attested under another signature", "attested as of another block",
			"attested as of another transaction", "attested as absent", "attested of another key", "attested on another channel", "attested by another chaincode"),
			onFiles(packer, "an attestation of another command", "no attestation", "an attestation in place of a transaction")),
		of("Signature of a transaction's creator", onChannel(someone, "sent by a stranger", "sent by a member's authority", "signed by another client", "another transaction id", "the answer to another call")),
	}
}

// misplaced: sound things elsewhere than they belong.
func misplaced() []kind {
	return []kind{
		of("Blocks of another channel", onLedger(operator, "a block of another channel"), splicedBlocks[:1], onChannel(members, "of another channel", "attested on another channel")),
		of("Another network of the same names", namesakes, splicedBlocks[1:]),
		of("A block under another number", onFiles(packer, "a block under another number", "a block after as_of"), onChannel(minority, "spliced: it follows another block"),
			onLedger(packer, "a command after as_of"), onLedger(operator, "two versions of one block", "a block that does not follow the one before")),
		of("A neighbour's place", onFiles(packer, "a command at another's place", "a command at the place of a neighbour in its transaction", "a place after the last command", "a transaction that is not there"),
			onLedger(packer, "blocks swapped between two commands")),
		of("A command replayed under another position", replayed, onLedger(packer, "an entry twice"), replayedLater),
		of("A command of another channel", onLedger(operator, "a command of another channel"), foreignOnChannel),
	}
}

// keysAndPolicies: who may sign, and how many must.
func keysAndPolicies() []kind {
	return []kind{
		of("A revoked key", onLedger(operator, "a command by a revoked key"), revokedOnChannel),
		of("The revocation left out", revocationOmitted),
		of("A key that was never enrolled", onLedger(operator, "a command in the name of another party"), onLedger(packer, "the enrolment removed", "the added key removed"), strangeOnChannel, onFiles(packer, "an added key left out")),
		of("A key that was enrolled later", enrolledLater, lateOnChannel),
		of("Fewer endorsers than the policy", onChannel("all keys of one member, and the key that signs packages", "endorsed by one member", "a genesis endorsed by one"), inImprint("all keys of one member", "endorsed by one")),
		of("Endorsers of one member twice", onChannel("all keys of one member, and the key that signs packages", "endorsed twice by one member"), inImprint("all keys of one member", "endorsed by one twice")),
		of("Neither IP centre nor notary", onChannel("all keys of two members, and the key that signs packages", "endorsed by two without IP centre or notary")),
		of("Fewer consenters than a quorum", byMinorities(), onChannel(minority, "signed by one consenter less than a quorum")),
		of("A quorum with a certificate that counts twice", onChannel(minority, "the same consenter twice", "a consenter under another's number"), twoNumbers),
	}
}

// stories: what happened, told otherwise.
func stories() []kind {
	return []kind{
		of("The flag turned to invalid", onChannel(peerDisk, "marked invalid", "not marked at all")),
		of("An invalid transaction as valid", raceLost, onFiles(packer, "a transaction that was found invalid")),
		of("A command left out in the middle", onLedger(packer, "a removed command"), onFiles(packer, "a command left out in the middle")),
		of("The last registration left out", onLedger(packer, "the last command removed")),
		of("Another order", onLedger(operator, "another entry of another version of a block"), onChannel(packer, "transactions in another order"), onChannel(members, "writes in another order", "reads in another order")),
		of("Another dataset", swappedData, onLedger(operator, "a fingerprint of something else")),
		of("Effects that the rules do not have", onLedger(operator, "what the rules would refuse", "another outcome than the rules have", "a write that the rules do not make", "a write left out"),
			onChannel(members, "a value that the rules do not write", "a write that no command made", "a key that was read as of another transaction", "a key that was there, read as absent")),
		of("Time moved", timeMoved, timeInBlock, onLedger(operator, "a block older than the one before"), timeOfTransaction, onChannel(members, "a time at which the rules refuse")),
	}
}
