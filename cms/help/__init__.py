"""The help of docs/help as people read it inside the editor: in their language, their own role first."""
