"""What a comparison shows, and how it is told.

table -> summary are means with their intervals; pairs -> verdict is the way to statements about differences that hold
however often one looked, with its arithmetic in sequential and shares; spans marks an answer; sentences and telling
are the words.
"""
