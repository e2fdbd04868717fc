"""The Exosome Atlas: papers in, structured evidence and a static site out."""
