"""Sentences, days and hours in a language given as an argument: a letter is in the invitee's, a report in the campaign's."""
