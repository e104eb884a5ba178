"""What whoever keeps projects must do, in memory and in DynamoDB."""

from dataclasses import replace
from datetime import timedelta

import pytest

from personalization.prompts.domain.members import Role
from personalization.prompts.domain.projects import ProjectSettings, ProjectStatus
from personalization.prompts.domain.removed_projects import RemovedProject
from shared.errors import VersionConflict
from shared.idempotency.claims import FirstAnswer, KeyInUse
from tests.personalization.prompts.contracts.stores import InMemory, OnAws, Store
from tests.personalization.prompts.examples import NOW, a_member, a_project

ANSWER = FirstAnswer("record", "hash", "{}", NOW)


class ProjectsContract:
    def test_project_is_kept_as_it_is(self, store: Store) -> None:
        project = a_project("p", a_member("olga", Role.OWNER), a_member("vera"))

        store.projects.add(project, None)

        assert store.projects.find("p") == project
        assert store.projects.find("q") is None

    def test_change_writes_what_owners_set_and_leaves_the_members(self, store: Store) -> None:
        project = a_project()
        store.projects.add(project, None)
        joined = replace(project, members=(*project.members, a_member("vera")), members_version=2)
        store.projects.set_members(joined, "vera", None)

        changed = replace(
            project,
            name="Other",
            description="D",
            settings=ProjectSettings(temperature=0.25, tokens_per_user_per_day=1),
            status=ProjectStatus.INACTIVE,
            version=2,
            updated_at=NOW + timedelta(days=1),
        )
        store.projects.replace(changed)

        assert store.projects.find("project-1") == replace(changed, members=joined.members, members_version=2)

    @pytest.mark.parametrize("version", [1, 3])
    def test_change_of_another_version_is_stale(self, store: Store, version: int) -> None:
        store.projects.add(a_project(), None)

        with pytest.raises(VersionConflict):
            store.projects.replace(replace(a_project(), name="Stale", version=version))
        assert store.projects.find("project-1") == a_project()

    def test_members_of_another_version_are_stale(self, store: Store) -> None:
        store.projects.add(a_project(), None)

        with pytest.raises(VersionConflict):
            store.projects.set_members(replace(a_project(), members_version=3), "vera", None)
        with pytest.raises(VersionConflict):
            store.projects.remove(replace(a_project(), members_version=2), NOW)
        assert store.projects.find("project-1") == a_project()

    def test_change_of_what_is_gone_is_stale(self, store: Store) -> None:
        with pytest.raises(VersionConflict):
            store.projects.replace(replace(a_project(), version=2))
        with pytest.raises(VersionConflict):
            store.projects.remove(a_project(), NOW)
        assert store.projects.find("project-1") is None

    def test_members_see_their_projects_at_once_the_newest_first(self, store: Store) -> None:
        for number in range(5):
            store.projects.add(a_project(f"p{number}"), None)
        joined = replace(a_project("p2"), members=(*a_project().members, a_member("vera")), members_version=2)
        store.projects.set_members(joined, "vera", None)

        first = store.projects.page("olga", None, 3)
        second = store.projects.page("olga", first.next_position, 3)

        assert [project.project_id for project in first.items] == ["p4", "p3", "p2"]
        assert [project.project_id for project in second.items] == ["p1", "p0"]
        assert second.next_position is None
        assert store.projects.page("vera", None, 3).items == (joined,)
        assert store.projects.page("nobody", None, 3).items == ()
        assert len(store.projects.page(None, None, 10).items) == 5

    def test_who_has_left_sees_the_project_no_longer(self, store: Store) -> None:
        project = a_project("p", a_member("olga", Role.OWNER), a_member("vera"))
        store.projects.add(project, None)

        store.projects.set_members(replace(project, members=project.members[:1], members_version=2), "vera", None)

        assert store.projects.page("vera", None, 3).items == ()

    def test_removed_project_is_gone_from_every_list(self, store: Store) -> None:
        project = a_project("p", a_member("olga", Role.OWNER), a_member("vera"))
        store.projects.add(project, None)

        store.projects.remove(project, NOW)

        assert store.projects.find("p") is None
        assert all(store.projects.page(who, None, 3).items == () for who in ("olga", "vera", None))

    def test_removed_project_is_due_to_be_erased_until_it_is_forgotten(self, store: Store) -> None:
        for project_id in ("p", "q"):
            store.projects.add(a_project(project_id), None)
        store.projects.remove(a_project("p"), NOW)

        removed = RemovedProject("p", NOW, NOW)
        assert list(store.removed.all()) == [removed]
        later = NOW + timedelta(minutes=6)
        assert store.removed.postpone(removed, later)
        assert not store.removed.postpone(removed, later + timedelta(seconds=1)), "somebody else has"
        leased = replace(removed, due_at=later)
        assert list(store.removed.all()) == [leased]
        store.removed.forget(leased)
        store.removed.forget(leased)
        assert list(store.removed.all()) == []
        assert not store.removed.postpone(leased, NOW)
        assert list(store.removed.all()) == []

    def test_first_answer_stands_and_falls_with_the_project(self, store: Store) -> None:
        store.projects.add(a_project("p"), ANSWER)

        assert store.first_answers.find("record", NOW) == ANSWER
        with pytest.raises(KeyInUse):
            store.projects.add(a_project("q"), ANSWER)
        with pytest.raises(KeyInUse):
            store.projects.set_members(replace(a_project("p"), members_version=2), "vera", ANSWER)
        assert store.projects.find("q") is None
        assert store.projects.find("p") == a_project("p")


class TestProjectsInMemory(InMemory, ProjectsContract): ...


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestProjectsOnAws(OnAws, ProjectsContract): ...
